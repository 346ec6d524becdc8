/// The network of a container that does not have the host's: [dev.kerr.network.Networks] makes of the options what a
/// plan
/// is to do, [dev.kerr.network.PluginRun] runs the plugins of the Container Network Interface for root.
@NullMarked
package dev.kerr.network;

import org.jspecify.annotations.NullMarked;

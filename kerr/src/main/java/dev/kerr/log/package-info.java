/// What a person is told: messages on standard error and the errors that are the request's fault.
@NullMarked
package dev.kerr.log;

import org.jspecify.annotations.NullMarked;

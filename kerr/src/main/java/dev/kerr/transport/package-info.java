/// Where images come from: registries, layouts and archives of OCI and Docker.
package dev.kerr.transport;

package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.Log;
import java.util.Optional;
import java.util.OptionalLong;

/// What all stages of one build share.
///
/// @param platform what builds, and what for
/// @param cache results of steps; empty if none are to be used
record BuildContext(
        BuildRequest request,
        HostCommands host,
        BuildDirectory directory,
        ImageProvider images,
        Platform platform,
        Optional<StepCache> cache,
        Log log) {
    BuildContext {
        requireNonNull(request);
        requireNonNull(host);
        requireNonNull(directory);
        requireNonNull(images);
        requireNonNull(platform);
        requireNonNull(cache);
        requireNonNull(log);
    }

    /// What is done with trees of files as root of this build.
    Trees trees() {
        return new Trees(host, directory, log);
    }

    /// Where programs are told of steps.
    StepEvents events() {
        return request.options().events() == BuildRequest.Events.JSON ? new StepEvents.Lines(log) : StepEvents.UNTOLD;
    }

    /// The time that the caller says the build is made at, in Unix seconds.
    ///
    /// **Source:** `SOURCE_DATE_EPOCH` of reproducible-builds.org.
    OptionalLong fixedTime() {
        String text = request.surroundings()
                .environment()
                .getOrDefault("SOURCE_DATE_EPOCH", "")
                .strip();
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }
}

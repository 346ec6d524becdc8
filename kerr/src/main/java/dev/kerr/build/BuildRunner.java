package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a build needs done as root, real or mapped: commands on the host's file system and commands in the
/// new root file
/// system.
///
/// Mapped root is uid 0 of a user namespace in which the caller's uid is 0 and the caller's sub-ids follow.
/// So files that
/// it makes belong to the caller outside, and files that it gives to other ids can only be read or removed by
/// it.
public interface BuildRunner {
    /// Says where commands may leave what they need for a moment; called before the first.
    ///
    /// @param directory of the build, which is removed after the last
    void workIn(Path directory);

    /// Runs a command on the host's file system as root.
    ///
    /// Its standard output goes to the caller's standard error, as all output of a build does.
    ///
    /// @param argv the program, looked up in the `PATH` of `environment` unless it has a slash, and its
    /// arguments
    /// @param environment the whole environment of the command
    /// @return the exit status; 128 + N if signal N ended it
    /// @throws UserException if root cannot be had, real or mapped, or the program is missing
    int onHost(List<String> argv, Map<String, String> environment) throws IOException, UserException;

    /// Has a process of this program itself take a [TreeStep] as root on the host, as [#onHost] has commands run: the
    /// same for one step after the other, as long as they may use as much memory.
    ///
    /// @param memoryBytes that the process may use
    /// @param words the step
    /// @return the exit status; 128 + N if signal N ended the process
    int ourselves(long memoryBytes, List<String> words, Map<String, String> environment)
            throws IOException, UserException;

    /// Starts that process beside what else is done, for [#ourselves] will be called soon.
    default void prepareOurselves(long memoryBytes, Map<String, String> environment)
            throws IOException, UserException {}

    /// Lets that process end, for [#ourselves] will not be called soon; does not wait for it.
    default void dismissOurselves() {}

    /// Runs a command in a root file system as root: writable, with the host's `/etc/resolv.conf` and
    /// `/etc/hosts`, with
    /// `/proc`, `/sys` and `/dev`, without a home directory, in `/`.
    ///
    /// @param rootfs the root file system's directory
    /// @param environment the whole environment of the command
    /// @return the exit status; 128 + N if signal N ended it
    int inContainer(Path rootfs, List<String> argv, Map<String, String> environment) throws IOException, UserException;

    /// Runs a command of a Dockerfile in a root file system, as [#inContainer] does but for what the command says.
    ///
    /// @throws UserException also if the root file system does not know the user
    int inImage(Path rootfs, ImageCommand command) throws IOException, UserException;

    /// Runs a command in a root file system as [#inContainer] does, for a test of what is finished: nothing that it
    /// writes there stays.
    int inFinished(Path rootfs, List<String> argv, Map<String, String> environment) throws IOException, UserException;

    /// Checks, before a build begins, that [#recorded] will find what it needs.
    ///
    /// @throws UserException if the host lacks it
    void checkRecording() throws UserException;

    /// Runs a command in a container of a finished image, as a launch by the caller runs it: with the image's
    /// environment, contained, without home and working directory. A file system server records what it reads.
    ///
    /// @param image a SIF or SquashFS file
    /// @param command for `/bin/sh -c`
    /// @param record an empty file of the caller's, which is given a [LaunchRecord]
    /// @return the exit status; 128 + N if signal N ended it
    int recorded(Path image, String command, Path record) throws IOException, UserException;

    /// Whether root is the host's root, not one of a user namespace.
    boolean isRealRoot();

    /// In which way it is root, and what steps see of the host: what they make depends on it.
    String kindOfRoot();

    /// Ends the command in progress, if there is one, with all its descendants; called when the build itself
    /// is told to end.
    default void stop() {}

    /// Waits until nothing is left that it has started.
    default void await() throws IOException {}
}

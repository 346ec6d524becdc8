package dev.kerr.build;

import dev.kerr.build.TreeStep.Display;
import dev.kerr.bytes.FormatException;
import dev.kerr.linux.Terminal;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.Reason;
import dev.kerr.log.StatusLine;
import dev.kerr.log.UserException;
import dev.kerr.squashfs.InvalidTreeException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Takes a [TreeStep], in the process that has the rights for it.
public final class TreeWork {
    private static final int STANDARD_ERROR = 2;
    private static final String MORE_ROOM =
            "make room there, or name a directory that has more with --tmpdir or KERR_TMPDIR";

    private TreeWork() {}

    /// Does the work and leaves the report.
    ///
    /// @param words as the step makes them
    /// @param err standard error
    /// @return the exit status: 0 if all is done
    public static int run(List<String> words, PrintStream err) throws IOException {
        TreeStep step = TreeStep.of(words);
        StepReport report = perform(step, err);
        report.writeTo(step.report());
        return report instanceof StepReport.Done ? 0 : 1;
    }

    /// Packs a small tree and unpacks it again, as training of the ahead-of-time cache.
    ///
    /// @param scratch a directory in which things are left
    public static void rehearse(Path rootfs, Path scratch, PrintStream err) throws IOException {
        Path image = scratch.resolve("rehearsed.squashfs");
        Path into = Files.createDirectory(scratch.resolve("rehearsed"));
        var settings = PackSettings.usual();
        var times = new TreeStep.Times(0, OptionalLong.of(0));
        rehearse(
                new TreeStep.Pack(TreeStep.Tree.of(rootfs), image, Optional.empty(), settings, times),
                scratch.resolve("report-1"),
                err);
        var squashfs = new BaseImage.Squashfs(image, 0, Files.size(image));
        rehearse(new TreeStep.Unpack(squashfs, "training", into, settings.effort()), scratch.resolve("report-2"), err);
    }

    private static void rehearse(TreeStep.Work work, Path report, PrintStream err) throws IOException {
        if (run(new TreeStep(work, report, Display.NOTHING).words(), err) != 0) {
            throw new IOException("cannot rehearse: " + Files.readString(report));
        }
    }

    private static StepReport perform(TreeStep step, PrintStream err) throws IOException {
        Optional<ProgressBar> bar = bar(step.display(), err);
        try {
            return switch (step.work()) {
                case TreeStep.Pack pack -> pack(pack, bar);
                case TreeStep.Unpack unpack -> unpack(unpack, bar);
                case TreeStep.Arrange arrange -> arrange(arrange, bar);
                case TreeStep.Copy copy -> copied(() -> CopyWork.copy(copy));
                case TreeStep.CopyFiles files -> copied(() -> FilesCopier.copy(files));
                case TreeStep.Locate locate -> locate(locate);
            };
        } catch (OutOfMemoryError full) {
            long mebibytes = step.work().effort().memoryBytes() >> 20;
            return new StepReport.Failed(
                    "the image has more files than " + mebibytes + " MiB of memory can hold",
                    "let it have more, as by `mksquashfs mem = 1G` in kerr.conf");
        } finally {
            bar.ifPresent(ProgressBar::close);
        }
    }

    private static Optional<ProgressBar> bar(Display display, PrintStream err) {
        OptionalInt columns = display == Display.NOTHING ? OptionalInt.empty() : Terminal.columns(STANDARD_ERROR);
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of(new ProgressBar(new StatusLine(err), columns.getAsInt(), System::nanoTime));
    }

    private static StepReport pack(TreeStep.Pack pack, Optional<ProgressBar> bar) throws IOException {
        try {
            RootPacker.pack(pack, bar);
            return new StepReport.Done(List.of());
        } catch (InvalidTreeException invalid) {
            return new StepReport.Failed(Reason.of(invalid), "");
        } catch (IOException failed) {
            if (failed instanceof FileSystemException file
                    && !Path.of(file.getFile()).equals(pack.output())) {
                return new StepReport.Failed("cannot pack " + file.getFile() + ": " + Reason.of(file), "");
            }
            return unwritten(pack.output(), failed);
        }
    }

    private static StepReport arrange(TreeStep.Arrange arrange, Optional<ProgressBar> bar) throws IOException {
        try {
            RootArranger.arrange(arrange, bar);
            return new StepReport.Done(List.of());
        } catch (FormatException damaged) {
            return damaged(arrange.spelling(), damaged);
        } catch (IOException failed) {
            return unwritten(arrange.output(), failed);
        }
    }

    private static StepReport copied(Step.Work copying) {
        try {
            copying.perform();
            return new StepReport.Done(List.of());
        } catch (UserException wrong) {
            return new StepReport.Failed(wrong.message(), wrong.hint());
        } catch (FileSystemException failed) {
            return new StepReport.Failed("cannot copy to " + failed.getFile() + ": " + Reason.of(failed), "");
        } catch (IOException failed) {
            return new StepReport.Failed("cannot copy: " + Reason.of(failed), "");
        }
    }

    private static StepReport locate(TreeStep.Locate locate) {
        try {
            return new StepReport.Done(Located.in(locate.root(), locate.path()).lines());
        } catch (UserException wrong) {
            return new StepReport.Failed(wrong.message(), wrong.hint());
        }
    }

    private static StepReport damaged(String spelling, FormatException damaged) {
        return new StepReport.Failed(
                "image " + spelling + " is damaged: " + Reason.of(damaged), "copy or build it again");
    }

    private static StepReport unwritten(Path output, IOException failed) throws IOException {
        Files.deleteIfExists(output); // the report needs room too
        String directory = String.valueOf(output.getParent());
        return new StepReport.Failed(
                "cannot write the image's file system in " + directory + ": " + Reason.of(failed), MORE_ROOM);
    }

    private static StepReport unpack(TreeStep.Unpack unpack, Optional<ProgressBar> bar) {
        try {
            return new StepReport.Done(RootUnpacker.unpack(unpack, bar).leftOut());
        } catch (FormatException damaged) {
            return damaged(unpack.spelling(), damaged);
        } catch (IOException failed) {
            String file = failed instanceof FileSystemException named
                    ? named.getFile()
                    : unpack.into().toString();
            return new StepReport.Failed(
                    "cannot unpack " + unpack.spelling() + " to " + file + ": " + Reason.of(failed), MORE_ROOM);
        }
    }
}

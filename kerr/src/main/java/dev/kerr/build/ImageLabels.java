package dev.kerr.build;

import dev.kerr.deffile.Definition;
import dev.kerr.deffile.SectionName;
import dev.kerr.log.Log;
import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The labels of an image that is being built: those of its base, those about the build, those of the
/// definition and `%post`.
final class ImageLabels {
    private static final String SCHEMA = "org.label-schema.";
    private static final String USAGE = SCHEMA + "usage";
    private static final String OURS = USAGE + ".singularity.";
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("_d_MMMM_yyyy_H:m:s_z", Locale.ENGLISH);

    private final BuildRequest.Existing existing;
    private final Log log;
    private final SortedMap<String, String> labels;

    /// @param base labels that the image has already
    ImageLabels(BuildRequest.Existing existing, Log log, SortedMap<String, String> base) {
        this.existing = existing;
        this.log = log;
        this.labels = new TreeMap<>(base);
    }

    SortedMap<String, String> labels() {
        return labels;
    }

    /// Adds what the build says about itself; it replaces what an earlier build said.
    void addAboutBuild(Definition definition, Platform platform, ZonedDateTime now) {
        labels.put(SCHEMA + "schema-version", "1.0");
        labels.put(SCHEMA + "build-date", date(now));
        labels.put(SCHEMA + "build-arch", platform.architecture().goName());
        labels.put(OURS + "version", platform.version());
        if (definition.section(SectionName.HELP).isPresent()) {
            labels.put(USAGE, "/" + MetadataPaths.HELP);
            labels.put(OURS + "runscript.help", "/" + MetadataPaths.HELP);
        }
        if (existing != BuildRequest.Existing.UPDATE) {
            definition.header().values().forEach((key, value) -> labels.put(OURS + "deffile." + key, value));
        }
    }

    /// Adds labels that the author wrote; one that exists stays, with a warning, unless it is to be replaced.
    void add(Map<String, String> added) {
        added.forEach((key, value) -> {
            String old = labels.get(key);
            if (old == null || old.equals(value) || existing == BuildRequest.Existing.REPLACE) {
                labels.put(key, value);
            } else {
                log.warning("label " + key + " of the base image is kept; build with --force to replace it");
            }
        });
    }

    /// As the peers write it: `Monday_23_November_2026_20:24:33_UTC`, without leading zeros but in the year.
    static String date(ZonedDateTime time) {
        DayOfWeek day = time.getDayOfWeek();
        return day.getDisplayName(TextStyle.FULL, Locale.ENGLISH) + DATE.format(time);
    }
}

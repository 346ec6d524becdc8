package dev.kerr.sif;

/// How a software bill of materials is written, by its number.
///
/// Source: sylabs/sif `pkg/sif/sif.go`, type `SBOMFormat`.
public enum SbomFormat {
    /// One that this program does not know.
    UNKNOWN(0, "unknown"),
    /// CycloneDX in JSON.
    CYCLONEDX_JSON(1, "cyclonedx-json"),
    /// CycloneDX in XML.
    CYCLONEDX_XML(2, "cyclonedx-xml"),
    /// A dependency snapshot of GitHub in JSON.
    GITHUB_JSON(3, "github-json"),
    /// SPDX in JSON.
    SPDX_JSON(4, "spdx-json"),
    /// SPDX in RDF.
    SPDX_RDF(5, "spdx-rdf"),
    /// SPDX as tags and values.
    SPDX_TAG_VALUE(6, "spdx-tag-value"),
    /// SPDX in YAML.
    SPDX_YAML(7, "spdx-yaml"),
    /// The own JSON of Syft.
    SYFT_JSON(8, "syft-json");

    private final int code;
    private final String label;

    SbomFormat(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// The constant with this code; [#UNKNOWN] for a code that is none's.
    public static SbomFormat of(int code) {
        for (SbomFormat each : values()) {
            if (each.code == code) {
                return each;
            }
        }
        return UNKNOWN;
    }

    /// The number in the file.
    public int code() {
        return code;
    }

    /// The name that listings show.
    public String label() {
        return label;
    }
}

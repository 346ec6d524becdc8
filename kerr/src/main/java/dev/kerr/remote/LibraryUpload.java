package dev.kerr.remote;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.log.UserException;
import dev.kerr.registry.WebRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Puts an image into a library: finds or makes the entity, the collection and the container that it is to be in, sends
/// it to the storage that the library names, in parts if it is large, and sets its tags.
///
/// **Source:** container-library-client `client/push.go`, `client/api.go`.
public final class LibraryUpload {
    /// Larger ones are sent in parts.
    private static final long LARGEST_WHOLE = 64L << 20;

    private final Library library;
    private final LibraryReference reference;
    private final String purpose;

    /// @param reference with all three parts
    /// @throws UserException if it has fewer, or names the image by its content
    public LibraryUpload(Library library, LibraryReference reference) throws UserException {
        this.library = Objects.requireNonNull(library);
        this.reference = Objects.requireNonNull(reference);
        this.purpose = "put " + reference;
        if (reference.path().split("/").length < 3) {
            throw new UserException(
                    "cannot " + purpose + ": it names no collection", "as library://ENTITY/COLLECTION/CONTAINER:TAG");
        }
        if (reference.digest().isPresent()) {
            throw new UserException("cannot " + purpose + ": a digest is no tag");
        }
    }

    /// @param architecture as Go names it
    /// @param description for people; may be empty
    /// @throws UserException if the library's answers are none
    public void send(Path file, String architecture, String description) throws UserException, IOException {
        try {
            ImageHashes hashes = ImageHashes.of(file);
            String container = container();
            JsonObject image = image(hashes, container, architecture, description);
            boolean isThere = image.members().get("uploaded") instanceof Json.Truth(boolean uploaded) && uploaded;
            String version = apiVersion();
            if (!isThere) {
                upload(file, image.text("id"), hashes, version);
            }
            tag(container, image.text("id"), architecture, version);
        } catch (FormatException malformed) {
            throw new UserException("cannot " + purpose + ": the library's answer is none: " + malformed.getMessage());
        }
    }

    /// The id of the container, which is made with all that it is in if it is not there.
    private String container() throws IOException {
        String[] parts = reference.path().split("/");
        String entity = findOrMake("entities", parts[0], fields("name", parts[0]));
        String collection =
                findOrMake("collections", parts[0] + "/" + parts[1], fields("name", parts[1], "entity", entity));
        return findOrMake("containers", reference.path(), fields("name", parts[2], "collection", collection));
    }

    private String findOrMake(String kind, String name, JsonObject fields) throws IOException {
        Optional<JsonObject> found = library.data(purpose, "/v1/" + kind + "/" + name);
        JsonObject answer = found.isPresent()
                ? found.get()
                : post("/v1/" + kind, fields.with("description", new Json.Text("No description")));
        return answer.object("data").text("id");
    }

    private JsonObject image(ImageHashes hashes, String container, String architecture, String description)
            throws IOException {
        String hash = "sha256." + hashes.sha256();
        var found = library.data(purpose, "/v1/images/" + reference.path() + ":" + hash + "?arch=" + architecture);
        JsonObject answer = found.isPresent()
                ? found.get()
                : post("/v1/images", fields("hash", hash, "container", container, "description", description));
        return answer.object("data");
    }

    /// What the library can do; empty if it does not say.
    private String apiVersion() throws IOException {
        Optional<JsonObject> answer = library.data(purpose, "/version");
        return answer.isEmpty() || answer.get().findObject("data").isEmpty()
                ? ""
                : answer.get().object("data").textOrEmpty("apiVersion");
    }

    private void upload(Path file, String id, ImageHashes hashes, String version) throws UserException, IOException {
        if (!ApiVersion.isAtLeast(version, ApiVersion.UPLOADS)) {
            library.web()
                    .upload(
                            library.request(purpose, "/v1/imagefile/" + id),
                            "POST",
                            () -> Files.newInputStream(file),
                            0,
                            hashes.size());
            return;
        }
        if (hashes.size() > LARGEST_WHOLE && uploadParts(file, id, hashes.size())) {
            return;
        }
        var answer = post(
                "/v2/imagefile/" + id,
                fields("sha256sum", hashes.sha256(), "md5sum", hashes.md5())
                        .with("filesize", new Json.Numeral(hashes.size())));
        WebRequest storage = storage(answer.object("data").text("uploadURL"), hashes.sha256());
        library.web().upload(storage, "PUT", () -> Files.newInputStream(file), 0, hashes.size());
        put("/v2/imagefile/" + id + "/_complete", fields());
    }

    /// @return false if the library takes no parts
    private boolean uploadParts(Path file, String id, long size) throws UserException, IOException {
        String path = "/v2/imagefile/" + id + "/_multipart";
        Optional<JsonObject> answer = library.accepts(purpose, path, fields().with("filesize", new Json.Numeral(size)));
        if (answer.isEmpty()) {
            return false;
        }
        JsonObject plan = answer.get().object("data");
        String upload = plan.text("uploadID");
        boolean isSummed =
                !plan.textMap("options").getOrDefault("s3compliant", "true").equals("false");
        boolean done = false;
        try {
            var parts = new ArrayList<Json>();
            List<FilePart> all = FilePart.of(file, size, plan.number("partSize"), plan.number("totalParts"));
            for (FilePart part : all) {
                parts.add(uploadPart(path, upload, part, isSummed));
            }
            put(path + "_complete", fields("uploadID", upload).with("completedParts", new Json.Array(parts)));
            done = true;
            return true;
        } finally {
            if (!done) {
                abort(path, upload);
            }
        }
    }

    private Json uploadPart(String path, String upload, FilePart part, boolean isSummed) throws IOException {
        String sum = isSummed ? part.sha256() : "";
        var answer = put(
                path,
                fields("uploadID", upload, "sha256sum", sum)
                        .with("partSize", new Json.Numeral(part.size()))
                        .with("partNumber", new Json.Numeral(part.number())));
        WebRequest storage = WebRequest.of(purpose, answer.object("data").text("presignedURL"));
        String tag = library.web()
                .upload(
                        isSummed ? storage.with("x-amz-content-sha256", sum) : storage,
                        "PUT",
                        () -> Files.newInputStream(part.file()),
                        part.offset(),
                        part.size());
        return fields("token", tag).with("partNumber", new Json.Numeral(part.number()));
    }

    /// What failed before counts, not this.
    private void abort(String path, String upload) throws IOException {
        try {
            put(path + "_abort", fields("uploadID", upload));
        } catch (IOException left) {
            return;
        }
    }

    /// A storage that signs for the sum wants to see it.
    private WebRequest storage(String address, String sha256) throws IOException {
        WebRequest request = WebRequest.of(purpose, address);
        String query = Optional.ofNullable(request.uri().getQuery()).orElse("");
        for (String field : query.split("&")) {
            if (field.startsWith("X-Amz-SignedHeaders=")
                    && List.of(field.substring(field.indexOf('=') + 1).split(";"))
                            .contains("x-amz-content-sha256")) {
                return request.with("x-amz-content-sha256", sha256);
            }
        }
        return request;
    }

    private void tag(String container, String image, String architecture, String version) throws IOException {
        boolean byArchitecture = ApiVersion.isAtLeast(version, ApiVersion.ARCHITECTURE_TAGS);
        for (String tag : reference.tags()) {
            JsonObject fields = fields("Tag", tag, "ImageID", image);
            post(
                    (byArchitecture ? "/v2/tags/" : "/v1/tags/") + container,
                    byArchitecture ? fields.with("Arch", new Json.Text(architecture)) : fields);
        }
    }

    private JsonObject post(String path, JsonObject body) throws IOException {
        return library.web().send(library.request(purpose, path), "POST", body);
    }

    private JsonObject put(String path, JsonObject body) throws IOException {
        return library.web().send(library.request(purpose, path), "PUT", body);
    }

    private static JsonObject fields(String... namesAndValues) {
        var fields = new LinkedHashMap<String, Json>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], new Json.Text(namesAndValues[i + 1]));
        }
        return new JsonObject(fields);
    }
}

package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonReader;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Document;
import dev.kerr.oci.Index;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Reference;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lists of one registry.
///
/// **Source:** OCI distribution specification 1.1, Content Discovery.
final class Listings {
    private static final int MOST_PAGES = 1000;
    private static final int MOST_TAGS = 100_000;
    private static final Pattern NEXT = Pattern.compile("<([^<>]*)>\\s*;\\s*rel=\"?next\"?");

    private final Requester requester;

    Listings(Requester requester) {
        this.requester = requester;
    }

    List<String> tags(Endpoint source, String purpose) throws IOException {
        var tags = new ArrayList<String>();
        Optional<URI> page = Optional.of(source.uri("tags/list"));
        for (int pages = 0; page.isPresent(); pages++) {
            var request = Outgoing.get(purpose, page.get(), Map.of());
            if (pages >= MOST_PAGES || tags.size() > MOST_TAGS) {
                throw request.fault(Problem.WRONG_ANSWER, "the list does not end", "");
            }
            try (Response response = requester.send(request, Access.pull(source))) {
                byte[] bytes = response.document(
                        Document.MOST_BYTES, requester.timeouts().document());
                List<String> more = JsonReader.readObject(bytes).texts("tags");
                if (!more.stream().allMatch(Reference::isTag)) {
                    throw request.fault(Problem.WRONG_ANSWER, "the list has what is no tag", "");
                }
                tags.addAll(more);
                page = next(response, request);
            } catch (FormatException e) {
                throw request.fault(Problem.WRONG_ANSWER, String.valueOf(e.getMessage()), "");
            }
        }
        return List.copyOf(tags);
    }

    Index referrers(Endpoint source, Digest subject, String purpose) throws IOException {
        var service = Outgoing.get(purpose, source.uri("referrers/" + subject), Map.of("Accept", MediaType.OCI_INDEX));
        Optional<Response> found = requester.find(service, Access.pull(source));
        if (found.isEmpty()) {
            String tag = subject.algorithm().word() + "-" + subject.hex();
            var request = Outgoing.get(purpose, source.uri("manifests/" + tag), Map.of("Accept", MediaType.OCI_INDEX));
            found = requester.find(request, Access.pull(source));
        }
        return found.isPresent() ? index(found.get()) : new Index(List.of());
    }

    private Index index(Response response) throws IOException {
        try (response) {
            byte[] bytes =
                    response.document(Document.MOST_BYTES, requester.timeouts().document());
            if (Document.read(bytes, response.header("Content-Type").orElse("")) instanceof Index index) {
                return index;
            }
            throw response.request().fault(Problem.WRONG_ANSWER, "the answer is no index", "");
        } catch (FormatException e) {
            throw response.request().fault(Problem.WRONG_ANSWER, String.valueOf(e.getMessage()), "");
        }
    }

    /// The next page, which is at the same registry.
    ///
    /// **Source:** RFC 8288, section 3.
    private static Optional<URI> next(Response response, Outgoing request) throws RegistryException {
        Matcher link = NEXT.matcher(response.header("Link").orElse(""));
        if (!link.find()) {
            return Optional.empty();
        }
        try {
            URI next = request.uri().resolve(link.group(1));
            if (Origin.isUsable(next) && Origin.of(next).equals(Origin.of(request.uri()))) {
                return Optional.of(next);
            }
        } catch (IllegalArgumentException e) {
            // As bad as an address elsewhere.
        }
        throw request.fault(Problem.WRONG_ANSWER, "the list goes on elsewhere", "");
    }
}

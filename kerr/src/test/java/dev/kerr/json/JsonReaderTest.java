package dev.kerr.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Bounds of JSON documents, access to members, and writing what was read.
final class JsonReaderTest {
    private static JsonObject object(String text) throws FormatException {
        return JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(String text, String problem) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> object(text))
                .withMessageContaining(problem);
    }

    @Test
    void values_of_every_kind_come_back_as_they_were() throws FormatException {
        String text = "{\"b\":[1,-2.50,1e400,true,false,null],\"a\":{\"ä\":\"\\u0001<\"},\"c\":\"\"}";
        assertThat(new String(JsonWriter.compact(object(text)), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @Test
    void indented_documents_look_like_those_of_docker() throws FormatException {
        assertThat(new String(JsonWriter.indented(object("{\"a\":{},\"b\":{\"c\":[1]}}")), StandardCharsets.UTF_8))
                .isEqualTo("{\n\t\"a\": {},\n\t\"b\": {\n\t\t\"c\": [\n\t\t\t1\n\t\t]\n\t}\n}\n");
    }

    @Test
    void members_have_kinds() throws FormatException {
        JsonObject json = object("{\"t\":\"x\",\"n\":12,\"l\":[\"p\",\"q\"],\"m\":{\"k\":\"v\"},\"z\":null}");
        assertThat(json.text("t")).isEqualTo("x");
        assertThat(json.number("n")).isEqualTo(12);
        assertThat(json.texts("l")).isEqualTo(List.of("p", "q"));
        assertThat(json.textMap("m")).containsEntry("k", "v");
        assertThat(json.has("z")).isFalse();
        assertThat(json.texts("z")).isEmpty();
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> json.text("n"));
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> json.number("t"));
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> json.object("l"));
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> json.text("missing"));
    }

    @Test
    void numbers_that_no_long_holds_are_refused_when_asked_for() throws FormatException {
        for (String number : List.of("1e400", "2.0", "9223372036854775808")) {
            JsonObject json = object("{\"n\":" + number + "}");
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> json.number("n"))
                    .withMessageContaining("no whole number");
        }
    }

    @Test
    void a_fault_names_where_its_object_starts() throws FormatException {
        JsonObject inner = object("{\"a\": {\"b\": 1}}").object("a");
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> inner.text("b"))
                .withMessage("\"b\" is not a text at offset 6");
    }

    @Test
    void a_name_that_appears_twice_is_refused() {
        assertRefused("{\"a\":1,\"a\":2}", "\"a\" appears twice");
        assertRefused("{\"a\":1,\"\\u0061\":2}", "\"a\" appears twice");
    }

    @Test
    void depth_is_bounded() {
        assertRefused("{\"a\":" + "[".repeat(100_000), "nested too deep");
    }

    @Test
    void the_number_of_values_is_bounded() {
        assertRefused("{\"a\":[" + "0,".repeat(600_000) + "0]}", "more than 500000 values");
    }

    @Test
    void what_is_no_json_is_refused() {
        assertRefused("", "there is no JSON");
        assertRefused("{", "malformed JSON");
        assertRefused("{\"a\":}", "malformed JSON");
        assertRefused("<html>", "malformed JSON");
        assertRefused("[]", "no object");
        assertRefused("{} {}", "more behind");
        assertRefused("{\"a\":\"\\ud800\"}", "surrogate");
    }

    @Test
    void malformed_utf_8_is_refused() {
        byte[] bytes = {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}'};
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> JsonReader.readObject(bytes))
                .withMessageContaining("malformed JSON");
    }

    @Test
    void members_are_replaced_in_place_and_removed() throws FormatException {
        JsonObject json = object("{\"a\":1,\"b\":2}");
        assertThat(JsonWriter.compact(json.with("a", new Json.Text("x")).without("b")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"a\":\"x\"}");
    }
}

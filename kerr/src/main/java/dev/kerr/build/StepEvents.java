package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonWriter;
import dev.kerr.log.Log;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;

/// Tells programs how far a build has come.
interface StepEvents {
    /// Nobody is told.
    StepEvents UNTOLD = new StepEvents() {
        @Override
        public Event begin(String step) {
            return new Event() {
                @Override
                public void succeeded() {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void kept(String step) {}
    };

    /// A step begins; it ends when what is returned is closed.
    Event begin(String step);

    /// All up to this step is had back from before.
    void kept(String step);

    /// A step that is being taken.
    interface Event extends AutoCloseable {
        /// It has done its work.
        void succeeded();

        @Override
        void close();
    }

    /// An object a line: `{"event":"start","step":"%post","time":"…"}`, then `"event":"end"` with `"milliseconds"` and
    /// `"ok"`; or `"event":"kept"`.
    record Lines(Log log) implements StepEvents {
        public Lines {
            requireNonNull(log);
        }

        @Override
        public Event begin(String step) {
            tell("start", step, new LinkedHashMap<>());
            long began = System.nanoTime();
            return new Event() {
                private boolean ok;

                @Override
                public void succeeded() {
                    ok = true;
                }

                @Override
                public void close() {
                    var more = new LinkedHashMap<String, Json>();
                    more.put("milliseconds", new Json.Numeral((System.nanoTime() - began) / 1_000_000));
                    more.put("ok", new Json.Truth(ok));
                    tell("end", step, more);
                }
            };
        }

        @Override
        public void kept(String step) {
            tell("kept", step, new LinkedHashMap<>());
        }

        private void tell(String event, String step, LinkedHashMap<String, Json> more) {
            var members = new LinkedHashMap<String, Json>();
            members.put("event", new Json.Text(event));
            members.put("step", new Json.Text(step));
            members.put("time", new Json.Text(Instant.now().toString()));
            members.putAll(more);
            log.data(new String(JsonWriter.compact(new JsonObject(members)), StandardCharsets.UTF_8));
        }
    }
}

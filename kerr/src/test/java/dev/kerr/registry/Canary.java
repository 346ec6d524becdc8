package dev.kerr.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kerr.registry.RegistryException.Problem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// A login that must not be seen by anybody but the registry that it is for.
final class Canary {
    static final Login.Password LOGIN = new Login.Password("canary-user", "canary-password");
    static final String TOKEN = "canary-token";

    private Canary() {}

    /// Whether any secret is in a text.
    static boolean isIn(String text) {
        return List.of(LOGIN.password(), LOGIN.basic(), TOKEN).stream().anyMatch(text::contains);
    }

    /// That no request brought a secret.
    static void assertUnseenBy(TestServer server) {
        for (TestServer.Request request : server.requests()) {
            String all = request.target() + request.headers() + new String(request.body(), StandardCharsets.UTF_8);
            assertThat(isIn(all)).as(all).isFalse();
        }
    }

    /// That an act fails in a certain way, with nothing secret in anything that could be shown.
    static RegistryException assertFails(Problem problem, String message, ThrowingCallable act) {
        RegistryException failure = catchThrowableOfType(RegistryException.class, act);
        assertThat(failure).as("nothing failed").isNotNull();
        assertThat(failure.problem()).as(failure.getMessage()).isEqualTo(problem);
        assertThat(failure).hasMessageContaining(message);
        assertThat(failure.getMessage()).doesNotContain("\n").hasSizeLessThan(1000);
        var trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(isIn(trace + failure.hint() + failure.detail())).isFalse();
        return failure;
    }
}

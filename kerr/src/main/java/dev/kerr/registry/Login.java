package dev.kerr.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/// Who the user is to a registry. Nothing here is ever printed: `toString` names the kind only.
public sealed interface Login {
    /// Nobody.
    record Anonymous() implements Login {}

    /// A user name, without a colon, and a password.
    record Password(String user, String password) implements Login {
        public Password {
            Objects.requireNonNull(user);
            Objects.requireNonNull(password);
        }

        /// As HTTP's Basic scheme has it.
        public String basic() {
            byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            return Base64.getEncoder().encodeToString(both);
        }

        @Override
        public String toString() {
            return "Password[secret]";
        }
    }

    /// What a token server gives tokens for, in place of a password.
    record IdentityToken(String token) implements Login {
        public IdentityToken {
            Objects.requireNonNull(token);
        }

        @Override
        public String toString() {
            return "IdentityToken[secret]";
        }
    }

    /// What is shown to the registry itself.
    record RegistryToken(String token) implements Login {
        public RegistryToken {
            Objects.requireNonNull(token);
        }

        @Override
        public String toString() {
            return "RegistryToken[secret]";
        }
    }

    /// The texts that nobody else may see.
    default List<String> secrets() {
        return switch (this) {
            case Anonymous() -> List.of();
            case Password login -> List.of(login.password, login.basic());
            case IdentityToken(String token) -> List.of(token);
            case RegistryToken(String token) -> List.of(token);
        };
    }
}

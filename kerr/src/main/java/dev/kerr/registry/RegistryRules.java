package dev.kerr.registry;

import dev.kerr.log.UserException;
import dev.kerr.oci.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What the site and the user say of registries: mirrors, other locations, which are refused, and which are spoken to
/// without TLS.
///
/// **Source:** containers-registries.conf(5), version 2.
///
/// @param plainHosts hosts that the user wants without TLS
public record RegistryRules(List<Rule> rules, Set<String> plainHosts) {
    /// Every registry is where its name says, with TLS.
    public static final RegistryRules NONE = new RegistryRules(List.of(), Set.of());

    /// @param prefix what repositories it is about: a host, a host and a path, or `*.example.org` for all hosts below
    /// @param location what takes the place of the prefix; empty if that stays
    public record Rule(String prefix, Location location, boolean isBlocked, List<Location> mirrors) {
        public Rule {
            Objects.requireNonNull(prefix);
            Objects.requireNonNull(location);
            mirrors = List.copyOf(mirrors);
        }

        /// The part of a repository's name behind the prefix; empty if the rule is not about it.
        private Optional<String> rest(Repository repository) {
            String name = repository.toString();
            if (prefix.startsWith("*.")) {
                return repository.host().endsWith(prefix.substring(1))
                        ? Optional.of(name.substring(repository.host().length()))
                        : Optional.empty();
            }
            boolean holds = name.equals(prefix) || name.startsWith(prefix + "/");
            return holds ? Optional.of(name.substring(prefix.length())) : Optional.empty();
        }
    }

    /// A host, or a host and a path, in place of a prefix.
    ///
    /// @param isPlain whether it is spoken to without TLS
    public record Location(String name, boolean isPlain) {
        public Location {
            Objects.requireNonNull(name);
        }
    }

    public RegistryRules {
        rules = List.copyOf(rules);
        plainHosts = Set.copyOf(plainHosts);
    }

    /// The same, with one more host that is spoken to without TLS: what `--no-https` asks for.
    public RegistryRules withPlain(String host) {
        var more = new TreeSet<>(plainHosts);
        more.add(host);
        return new RegistryRules(rules, more);
    }

    /// Where to get content of a repository, in this order; the last is the registry itself.
    ///
    /// @throws UserException if the site blocks it
    List<Endpoint> sources(Repository repository) throws UserException {
        Optional<Rule> rule = rule(repository);
        if (rule.isEmpty()) {
            return List.of(target(repository));
        }
        String rest = rule.get().rest(repository).orElseThrow();
        var sources = new ArrayList<Endpoint>();
        for (Location mirror : rule.get().mirrors()) {
            sources.add(endpoint(mirror, rest));
        }
        sources.add(target(repository));
        return sources;
    }

    /// Where to put content of a repository.
    ///
    /// @throws UserException if the site blocks it
    Endpoint target(Repository repository) throws UserException {
        Optional<Rule> rule = rule(repository);
        if (rule.isPresent() && rule.get().isBlocked()) {
            throw new UserException("cannot use " + repository + ": this site blocks registries "
                    + rule.get().prefix());
        }
        Location location = rule.map(Rule::location).orElse(new Location("", false));
        if (location.name().isEmpty()) {
            return new Endpoint(repository, location.isPlain() || plainHosts.contains(repository.host()));
        }
        return endpoint(location, rule.orElseThrow().rest(repository).orElseThrow());
    }

    /// A registry as such, where its name says.
    Endpoint registry(String host) {
        boolean isPlain = rules.stream()
                .anyMatch(rule -> rule.prefix().equals(host) && rule.location().isPlain());
        return new Endpoint(new Repository(host, ""), isPlain || plainHosts.contains(host));
    }

    private Optional<Rule> rule(Repository repository) {
        Optional<Rule> best = Optional.empty();
        for (Rule rule : rules) {
            int length = best.map(found -> found.prefix().length()).orElse(-1);
            if (rule.prefix().length() > length && rule.rest(repository).isPresent()) {
                best = Optional.of(rule);
            }
        }
        return best;
    }

    /// @throws UserException if the location and the rest together are no repository
    private Endpoint endpoint(Location location, String rest) throws UserException {
        String name = location.name() + rest;
        int slash = Math.max(0, name.indexOf('/'));
        if (!Repository.isHost(name.substring(0, slash)) || !Repository.isPath(name.substring(slash + 1))) {
            throw new UserException("cannot use the location " + location.name() + ": " + name + " is no repository");
        }
        var repository = new Repository(name.substring(0, slash), name.substring(slash + 1));
        return new Endpoint(repository, location.isPlain() || plainHosts.contains(repository.host()));
    }
}

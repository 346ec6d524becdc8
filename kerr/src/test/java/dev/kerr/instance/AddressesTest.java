package dev.kerr.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AddressesTest {
    @Test
    void the_namespaces_own_addresses_are_there_once_each() {
        String table = """
                Main:
                  +-- 0.0.0.0/1 2 0 2
                     +-- 10.9.8.0/24 2 0 2
                        +-- 10.9.8.0/29 2 0 2
                           |-- 10.9.8.0
                              /24 link UNICAST
                           |-- 10.9.8.7
                              /32 host LOCAL
                        |-- 10.9.8.255
                           /32 link BROADCAST
                     +-- 127.0.0.0/8 2 0 2
                           |-- 127.0.0.1
                              /32 host LOCAL
                     |-- 192.168.1.1
                        /32 host LOCAL
                Local:
                           |-- 10.9.8.7
                              /32 host LOCAL
                """;
        assertThat(Addresses.inTable(table)).containsExactly("10.9.8.7", "192.168.1.1");
        assertThat(Addresses.inTable("")).isEmpty();
    }

    @Test
    void those_of_the_hosts_network_are_no_instances() {
        var self = new Anchor(ProcessHandle.current().pid(), 1, 0, "b", Map.of());
        assertThat(Addresses.of(self)).isEmpty();
    }
}

# One word each; HACKING.md says what they are for. Everything that is built lies in build/ and kerr/target/.

SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=

# The JDK is looked for in one place: bootstrap.
export JAVA_HOME := $(shell ./bootstrap jdk)
ifeq ($(JAVA_HOME)$(filter clean loc,$(MAKECMDGOALS)),)
$(error Kerr is built with JDK 25: `./bootstrap tools` installs it or says what to do)
endif

# Old Maven on a new JDK: the first option keeps it quiet, the second lets old versions of its libraries work.
export MAVEN_OPTS ?= --sun-misc-unsafe-memory-access=allow --add-opens=java.base/java.lang=ALL-UNNAMED
MVN := mvn --batch-mode --no-transfer-progress -Dstyle.color=never
# Not -q, which would hide the compiler's warnings, and they are errors.
QUIET := -Dorg.slf4j.simpleLogger.defaultLogLevel=warn

DIST := build/dist
STARTER := build/starter
FILESERVER := build/fileserver
STAMPS := build/stamps
LIB := $(DIST)/lib/kerr

.PHONY: all dist check format test e2e bench bench-check fuzz install clean loc
.DELETE_ON_ERROR:

all: dist

# ---- the installation tree, build/dist

CONFIG_FILES := $(sort kerr.conf $(patsubst etc/%,%,$(shell find etc -type f -not -name '.*')))
CONFIG := $(addprefix $(DIST)/etc/kerr/,$(CONFIG_FILES))

dist: $(DIST)/bin/kerr $(LIB)/squashfs-server $(STAMPS)/names $(LIB)/kerr.jar $(LIB)/libzstd-jni.so $(LIB)/runtime/release \
  $(LIB)/seccomp/default.json $(LIB)/launch.aot $(LIB)/containers.aot $(LIB)/kerr.aot $(CONFIG) $(STAMPS)/documents

# Directories are among the sources, because their times change when a file is taken away.
JAVA_SOURCES := pom.xml kerr/pom.xml $(shell find kerr/src/main -not -name '.*')

$(LIB)/kerr.jar: $(JAVA_SOURCES)
	@echo 'kerr.jar'
	@$(MVN) $(QUIET) package -Dmaven.test.skip=true
	@install -D -m 644 kerr/target/kerr.jar $@

# Taken out of the jar, so that no launch unpacks it into /tmp.
NATIVE := linux/$(if $(filter aarch64,$(shell uname -m)),aarch64,amd64)

$(LIB)/libzstd-jni.so: $(LIB)/kerr.jar
	@rm -rf build/native && mkdir -p build/native
	@cd build/native && $(JAVA_HOME)/bin/jar -xf ../../$(LIB)/kerr.jar $(NATIVE)
	@install -m 644 build/native/$(NATIVE)/libzstd-jni-*.so $@

# What Kerr needs, and java.logging, which Bouncy Castle asks for. The AOT cache takes the place of the default CDS archives.
$(LIB)/runtime/release: $(JAVA_HOME)/release Makefile
	@echo 'runtime'
	@rm -rf $(LIB)/runtime && mkdir -p $(LIB)
	@$(JAVA_HOME)/bin/jlink --add-modules java.base,java.logging,java.net.http --strip-debug --no-header-files --no-man-pages --output $(LIB)/runtime
	@chmod -R u+w $(LIB)/runtime && touch $@

$(DIST)/bin/kerr: $(wildcard starter/*.[ch] starter/jvm/*.c) starter/Makefile
	@echo 'kerr'
	@$(MAKE) --silent -C starter BUILD=$(CURDIR)/$(STARTER)
	@install -D -m 755 $(STARTER)/jvm $(LIB)/jvm
	@install -D -s -m 755 $(STARTER)/kerr $@

$(LIB)/squashfs-server: $(wildcard fileserver/*.[ch]) fileserver/Makefile
	@echo 'squashfs-server'
	@$(MAKE) --silent -C fileserver BUILD=$(CURDIR)/$(FILESERVER)
	@install -D -m 755 $(FILESERVER)/squashfs-server $@

# The field's names. An executable SIF says `#!/usr/bin/env run-singularity`.
$(STAMPS)/names: starter/run-singularity $(DIST)/bin/kerr
	@mkdir -p $(@D)
	@ln -sfn kerr $(DIST)/bin/singularity && ln -sfn kerr $(DIST)/bin/apptainer && ln -sfn kerr $(DIST)/bin/kerr-oci
	@install -m 755 $< $(DIST)/bin/run-singularity
	@touch $@

# A cache holds for exactly the options that bin/kerr gives its JVM, so bin/kerr itself trains it: one for launches,
# which has nothing that they do not need, because they map the whole of it, one for containers of bundles, and one for
# all other commands.
TRAINED := $(DIST)/bin/kerr $(LIB)/kerr.jar $(LIB)/libzstd-jni.so $(LIB)/runtime/release $(STAMPS)/training | $(CONFIG) $(LIB)/seccomp/default.json
train = rm -f $@; $(DIST)/bin/kerr --train $(1) build/training $@ >build/train-$(1).log 2>&1 && test -s $@ || \
  { rm -f $@; cat build/train-$(1).log; echo '*** NO AOT CACHE: every launch will be slow.' >&2; }

$(STAMPS)/training: $(LIB)/kerr.jar $(LIB)/runtime/release
	@mkdir -p $(@D) && rm -rf build/training
	@$(LIB)/runtime/bin/java --enable-native-access=ALL-UNNAMED -cp $(LIB)/kerr.jar dev.kerr.cli.TrainingImages build/training
	@touch $@

# A contained launch waits for no compiler, as long as the site's profile is this one.
SECCOMP := etc/seccomp-profiles/default.json

$(LIB)/seccomp/default.json: $(LIB)/kerr.jar $(LIB)/runtime/release $(SECCOMP)
	@rm -rf $(@D)
	@$(LIB)/runtime/bin/java -cp $(LIB)/kerr.jar dev.kerr.cli.SeccompPrograms $(SECCOMP) $(@D)

$(LIB)/launch.aot: $(TRAINED)
	@echo 'launch.aot'
	@$(call train,launch)

$(LIB)/containers.aot: $(TRAINED)
	@echo 'containers.aot'
	@$(call train,containers)

$(LIB)/kerr.aot: $(TRAINED)
	@echo 'kerr.aot'
	@$(call train,commands)

$(DIST)/etc/kerr/%: etc/%
	@install -D -m 644 $< $@

ifeq ($(wildcard etc/kerr.conf),)
$(DIST)/etc/kerr/kerr.conf:
	@mkdir -p $(@D)
	@echo '# The configuration of Kerr. Every directive has its default as long as this file does not set it.' >$@
endif

# The manual pages and completions are written by the program, from its one table of options.
MAN := $(DIST)/share/man/man1
BASH_COMPLETIONS := $(DIST)/share/bash-completion/completions
ZSH_COMPLETIONS := $(DIST)/share/zsh/site-functions
FISH_COMPLETIONS := $(DIST)/share/fish/vendor_completions.d
DOCUMENTS := $(wildcard kerr/src/main/java/dev/kerr/cli/Documents.java)

$(STAMPS)/documents: $(LIB)/kerr.jar $(LIB)/runtime/release
	@mkdir -p $(@D)
ifneq ($(DOCUMENTS),)
	@echo 'documents'
	@rm -rf build/documents $(DIST)/share
	@$(LIB)/runtime/bin/java -cp $(LIB)/kerr.jar dev.kerr.cli.Documents build/documents
	@install -d $(MAN) && install -m 644 build/documents/man1/* $(MAN)/
	@install -D -m 644 build/documents/completions/kerr.bash $(BASH_COMPLETIONS)/kerr
	@install -D -m 644 build/documents/completions/_kerr $(ZSH_COMPLETIONS)/_kerr
	@install -D -m 644 build/documents/completions/kerr.fish $(FISH_COMPLETIONS)/kerr.fish
endif
	@touch $@

# ---- checks and tests

SCRIPTS := bootstrap .ci/run $(wildcard e2e/run e2e/*.sh e2e/*/*.sh examples/*.sh) \
  $(filter-out %.md %.c %/budgets,$(wildcard bench/*))

check:
	@for script in $(SCRIPTS); do bash -n $$script || exit 1; done
	@if command -v shellcheck >/dev/null; then shellcheck --severity=error $(SCRIPTS); fi
	@$(MAKE) --silent -C starter BUILD=$(CURDIR)/$(STARTER) all analyze
	@$(MAKE) --silent -C fileserver BUILD=$(CURDIR)/$(FILESERVER) all analyze
	@$(MVN) $(QUIET) spotless:check test -Dtest='dev.kerr.architecture.*Test'

format:
	@$(MVN) $(QUIET) spotless:apply

test:
	@$(MAKE) --silent -C starter BUILD=$(CURDIR)/$(STARTER) test
	@$(MAKE) --silent -C fileserver BUILD=$(CURDIR)/$(FILESERVER) test
	@$(MVN) test

e2e: dist
	@e2e/run $(E2E)

bench: dist
	@KERR=$(CURDIR)/$(DIST)/bin/kerr bench/run

bench-check: dist
	@KERR=$(CURDIR)/$(DIST)/bin/kerr bench/check

FUZZ_SECONDS ?= 60

fuzz:
	@$(MAKE) --silent -C starter BUILD=$(CURDIR)/$(STARTER) FUZZ_SECONDS=$(FUZZ_SECONDS) fuzz
	@$(MAKE) --silent -C fileserver BUILD=$(CURDIR)/$(FILESERVER) FUZZ_SECONDS=$(FUZZ_SECONDS) fuzz
	@$(MVN) $(QUIET) test-compile
	@for target in $$(grep -rl '^ *@FuzzTest' kerr/src/test/java | sort | xargs awk '/^ *@FuzzTest/ { found = 1 } \
	    found && /void / { method = $$2; sub(/\(.*/, "", method); class = FILENAME; gsub(/.*\/|\.java/, "", class); \
	      print class "#" method; found = 0 }'); do echo "== $$target"; \
	  JAZZER_FUZZ=1 JAZZER_MAX_DURATION=$(FUZZ_SECONDS)s \
	    $(MVN) $(QUIET) -pl kerr surefire:test -Dtest="$$target" -Djazzer.hooks=true || exit 1; done

# ---- and the rest

# A configuration that is there already stays; the new one lies beside it. The AOT cache holds wherever the tree is.
ROOT := $(DESTDIR)$(PREFIX)

install: dist
	@umask 022; set -e; \
	install -d $(ROOT)/bin $(ROOT)/lib $(ROOT)/etc/kerr; \
	install -m 755 $(DIST)/bin/kerr $(ROOT)/bin/kerr; \
	for name in singularity apptainer kerr-oci; do ln -sfn kerr $(ROOT)/bin/$$name; done; \
	install -m 755 $(DIST)/bin/run-singularity $(ROOT)/bin/run-singularity; \
	rm -rf $(ROOT)/lib/kerr; cp -dR --preserve=mode,timestamps,links $(DIST)/lib/kerr $(ROOT)/lib/; \
	chmod -R u=rwX,go=rX $(ROOT)/lib/kerr; \
	for file in $(CONFIG_FILES); do \
	  at=$(ROOT)/etc/kerr/$$file; \
	  if [ -e $$at ] && ! cmp -s $(DIST)/etc/kerr/$$file $$at; then at=$$at.new; echo "kept the present $${at%.new}; see $$at"; fi; \
	  install -D -m 644 $(DIST)/etc/kerr/$$file $$at; \
	done; \
	if [ -d $(DIST)/share ]; then (cd $(DIST) && find share -type f -exec install -D -m 644 '{}' $(ROOT)/'{}' \;); fi

clean:
	rm -rf build kerr/target

loc:
	@count() { printf '%7d  %s\n' "$$(find "$${@:2}" -type f -print0 2>/dev/null | xargs -0r cat | wc -l)" "$$1"; }; \
	count 'Java' kerr/src/main/java -name '*.java'; \
	count 'Java, tests' kerr/src/test/java -name '*.java'; \
	count 'C' starter fileserver -maxdepth 1 -name '*.[ch]'; \
	count 'C, tests' starter/test fileserver/test -name '*.[ch]'; \
	count 'shell' bootstrap .ci e2e examples bench kerr/src/main/resources -not -name '*.def' -not -name '*.md'; \
	count 'documents' . -maxdepth 3 -name '*.md' -not -path './build/*'

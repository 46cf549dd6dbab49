# SPDX-License-Identifier: MIT
# `make help` lists what can be made.

LUA        ?= lua5.4
PKG_CONFIG ?= pkg-config
PREFIX     ?= /usr/local
override PREFIX := $(abspath $(PREFIX))
LUADIR     ?= $(PREFIX)/share/lua/$(LUA_VERSION)
CLIBDIR    ?= $(PREFIX)/lib/lua/$(LUA_VERSION)
BINDIR     ?= $(PREFIX)/bin
BUILD      ?= build
V          ?= 0

# The Lua to build for is the program LUA. Its headers have several names in distributions; where pkg-config
# knows none of them, LUA_CFLAGS=-I… says where they are.
LUA_VERSION := $(shell $(LUA) -e 'io.write(_VERSION:match("%d+%.%d+"))' 2>/dev/null)
LUA_NUMBER   = $(subst .,0,$(LUA_VERSION))
LUA_PACKAGES = lua$(LUA_VERSION) lua-$(LUA_VERSION) lua$(subst .,,$(LUA_VERSION)) lua
LUA_CFLAGS  ?= $(shell for p in $(LUA_PACKAGES); do $(PKG_CONFIG) --cflags $$p 2>/dev/null && break; done)

# The C modules: each is a folder of csrc, and those that Lua loads have csrc/common too. The rockspec lists the
# files; a spec keeps the two equal.
LUA_MODULES := socket poller netlink process sysfs os packet
MODULES := $(LUA_MODULES:%=smc.core.%) smc.preload
sources = $(sort $(wildcard csrc/$(1)/*.c))
$(foreach m,$(LUA_MODULES),$(eval smc.core.$(m) := $(call sources,$(m)) $(call sources,common)))
smc.preload := $(call sources,preload)
smc.core.netlink_LIBS = $(shell $(PKG_CONFIG) --libs libnl-genl-3.0)
smc.core.socket_LIBS  = -ldl -lpthread
smc.preload_LIBS      = -ldl

# The scripts that are installed: those to read first stay with the documentation.
SCRIPTS := $(filter-out hello_%,$(notdir $(wildcard examples/*.lua)))

SHAREDIR ?= $(PREFIX)/share

# The package of Debian that has qemu-system-s390x: 12 keeps it with others.
QEMU_S390X := $(shell . /etc/os-release 2>/dev/null; test "$$VERSION_CODENAME" = bookworm && \
	echo qemu-system-misc || echo qemu-system-s390x)

# What `make deps` installs: to build, to run, for the lab, to test.
DEPS := gcc make libc6-dev pkg-config lua5.4 liblua5.4-dev libnl-3-dev libnl-genl-3-dev \
	lua-dkjson lua-argparse \
	qemu-system-x86 $(QEMU_S390X) gcc-s390x-linux-gnu busybox-static kmod xz-utils zstd iproute2 pciutils python3 \
	lua-busted lua5.1 lua-socket lua-copas lua-cqueues lua-http lua-luv lua-sec openssl luarocks musl-tools strace \
	nftables lua-check clang-format cppcheck lua-ldoc lua-discount man-db mandoc zsh fish git

# What only `make check` needs, and the targets that are its own.
CHECK_DEPS := clang clang-tidy libclang-rt-dev valgrind tshark

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	    -Werror=implicit-function-declaration -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wconversion -Wpedantic

# Against memory errors, if there are any: a buffer that overflows ends the program, and tables of functions are
# read-only. CFLAGS and LDFLAGS can take it back. Without optimization the checks of _FORTIFY_SOURCE are none.
HARDENING := -fstack-protector-strong
FORTIFY    = $(if $(filter-out -O0,$(filter -O%,$(CFLAGS))),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
RELRO     := -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack

CPPFLAGS_ALL = -D_GNU_SOURCE $(LUA_CFLAGS) $(shell $(PKG_CONFIG) --cflags libnl-genl-3.0) $(CPPFLAGS)
CFLAGS_ALL   = -std=gnu11 -fPIC -fvisibility=hidden $(WARNINGS) $(HARDENING) $(FORTIFY) $(CFLAGS)

Q := $(if $(filter 0,$(V)),@)
so = $(BUILD)/$(subst .,/,$(1)).so
obj = $(patsubst csrc/%.c,$(BUILD)/obj/%.o,$(1))

all: $(foreach m,$(MODULES),$(call so,$(m))) ## build the C modules into build/

define MODULE_RULE
$(call so,$(1)): $(call obj,$($(1)))
	@mkdir -p $$(@D)
	@echo "  LD  $$@"
	$$(Q)$$(CC) -shared $$(CFLAGS_ALL) $$(RELRO) $$(LDFLAGS) -o $$@ $$^ $$($(1)_LIBS)
endef
$(foreach m,$(MODULES),$(eval $(call MODULE_RULE,$(m))))

# What counts executed lines, for `make coverage`: see spec/coverage.
$(BUILD)/lines.so: spec/coverage/lines.c
	@mkdir -p $(@D)
	$(Q)$(CC) -shared -fPIC -O2 -D_GNU_SOURCE $(LUA_CFLAGS) -o $@ $<

# What the objects are built for, and how; built again when that changes.
BUILT_FOR = $(LUA_VERSION) $(LUA_CFLAGS) $(HARDENING) $(RELRO)
$(BUILD)/lua: FORCE
	@test -n "$(LUA_VERSION)" || { echo "make: $(LUA) does not run: LUA=… names the Lua to build for" >&2; exit 1; }
	@test $(LUA_NUMBER) -ge 504 || \
		{ echo "make: smc needs Lua 5.4 or later, and $(LUA) is Lua $(LUA_VERSION)" >&2; exit 1; }
	@printf '#include <lua.h>\n#if LUA_VERSION_NUM != $(LUA_NUMBER)\n#error\n#endif\n' | \
		$(CC) $(LUA_CFLAGS) $(CPPFLAGS) -E - >/dev/null 2>&1 || \
		{ echo "make: no headers of Lua $(LUA_VERSION): pkg-config knows none by the names $(LUA_PACKAGES);" \
			"LUA_CFLAGS=-I… says where they are" >&2; exit 1; }
	@mkdir -p $(@D)
	@echo '$(BUILT_FOR)' | cmp -s - $@ || echo '$(BUILT_FOR)' >$@

$(BUILD)/obj/%.o: csrc/%.c $(BUILD)/lua
	@mkdir -p $(@D)
	@echo "  CC  $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

-include $(wildcard $(BUILD)/obj/*/*.d)

deps: ## install the Debian packages that building, the lab and the tests need
	@DEPS='$(DEPS)' spec/deps install

deps-missing:
	@DEPS='$(DEPS)' spec/deps missing || DEPS='$(DEPS)' spec/deps install

demo: deps-missing ## run the whole story: on this host where it has SMC, else in the lab
	@$(MAKE) --no-print-directory all
	@examples/demo.sh

demo-s390x: deps-missing ## the story on an s390x kernel in QEMU, as far as that goes
	@examples/demo.sh s390x_story

test-s390x: all ## run the specs that an s390x guest can run
	@spec/run s390x_whole

test: deps-missing ## run every test: unit (also under sanitizers), kernel (in the lab), rock
	@$(MAKE) --no-print-directory all
	@spec/run all

spec: all ## run some specs where they belong: make spec S=spec/kernel/eid_spec.lua
	@spec/run specs $(S)

test-unit: all ## run the unit specs on this machine
	@spec/run unit

test-sanitize: ## run the unit specs with csrc under AddressSanitizer and UBSan
	@spec/run sanitize

test-valgrind: all ## run the specs under valgrind, on this machine and in the lab, for what is lost
	@spec/run valgrind

test-kernel: all ## run the kernel specs in the lab; KERNEL_IMAGE=… KERNEL_MODULES=…: on a kernel of yours, as KTAP
	@spec/run $(if $(KERNEL_IMAGE),own_kernel $(KERNEL_IMAGE) $(KERNEL_MODULES),kernel)

test-kernels: all ## run some specs on the lab's other kernels, 6.1 and dibs
	@spec/run kernels

check: deps-missing ## run every test, and the slow ones: soak, valgrind, analysers, every way to collect garbage
	@DEPS='$(CHECK_DEPS)' spec/deps missing >/dev/null || DEPS='$(CHECK_DEPS)' spec/deps install
	@$(MAKE) --no-print-directory all
	@spec/run check

test-oom: all ## let every allocation fail once, in bindings and modules
	@spec/run oom

test-threads: all ## run Lua states and programs with threads under ThreadSanitizer
	@spec/run threads

test-soak: all ## make 100,000 connections and look for what they leave behind
	@spec/run soak

test-ism: all ## run the specs of two hosts with an emulated ISM function each
	@spec/run ism

test-cycles: all ## run 100 power cycles of an emulated ISM function under traffic
	@spec/run cycles

test-handshake: all ## compare CLC messages with tshark
	@DEPS='$(CHECK_DEPS)' spec/deps missing >/dev/null || DEPS='$(CHECK_DEPS)' spec/deps install
	@spec/run handshake

test-pair: all ## run the specs of two guests, SMC-R
	@spec/run pair

fuzz: all ## feed every decoder with changed messages, SECONDS=60 each: libFuzzer for C, steered by lines for Lua
	@DEPS='$(CHECK_DEPS)' spec/deps missing >/dev/null || DEPS='$(CHECK_DEPS)' spec/deps install
	@spec/run fuzz $(or $(SECONDS),60)

soak: all ## keep everything busy for MINUTES=30 in the lab, over SMC-D and SMC-R, and look for what grows
	@spec/run long_soak $(or $(MINUTES),30)

coverage: all ## count the lines of csrc, lua and examples that the specs execute: a table
	@spec/run coverage

mutants: all ## try the faults of spec/mutants: hours, unless WORDS='…' chooses some
	@spec/run mutants $(WORDS)

test-setups: all ## run the set-ups that are broken on purpose, and judge what is found to be wrong
	@spec/run setups

test-lab: ## run the specs of the lab itself
	@spec/run lab

test-rock: ## install the rock into a scratch tree and run the examples from it
	@spec/run rock

lint: ## luacheck, clang-format, compiler warnings as errors, cppcheck: silent when all is well
	@luacheck -q lua spec examples *.rockspec .luacheckrc .busted >$(or $(TMPDIR),/tmp)/luacheck.$$$$ || \
		{ cat $(or $(TMPDIR),/tmp)/luacheck.$$$$; rm -f $(or $(TMPDIR),/tmp)/luacheck.$$$$; exit 1; }; \
		rm -f $(or $(TMPDIR),/tmp)/luacheck.$$$$
	@clang-format --dry-run -Werror $(wildcard csrc/*/*.[ch])
	@$(MAKE) -s --no-print-directory BUILD=$(BUILD)/lint CFLAGS='-O2 -Werror' all >/dev/null
	@cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr \
		--error-exitcode=1 --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches csrc

analyse: ## what compilers find without running csrc: gcc -fanalyzer, clang-tidy
	@DEPS='$(CHECK_DEPS)' spec/deps missing >/dev/null || DEPS='$(CHECK_DEPS)' spec/deps install
	@$(MAKE) -s --no-print-directory BUILD=$(BUILD)/analyse CFLAGS='-O2 -Werror -fanalyzer' all >/dev/null
	@clang-tidy --quiet $(wildcard csrc/*/*.c) -- -std=gnu11 $(CPPFLAGS_ALL) 2>/dev/null

compare: all ## compare the scripts with smc-tools, built in the folder SMC_TOOLS
	@spec/run compare

bench: all ## measure: see spec/bench
	@spec/run bench

DOC ?= doc
docs: ## write the API documentation into doc/
	@mkdir -p $(BUILD)
	@ldoc -q -c config.ld -d $(DOC) . >$(BUILD)/ldoc.log || { cat $(BUILD)/ldoc.log; exit 1; }
	@! grep -v -e '^found master module' -e '^reading configuration' $(BUILD)/ldoc.log # said for each C file

meta: ## write the types for the Lua language server, lua/smc/meta/smc.lua, from the doc comments
	@mkdir -p lua/smc/meta
	@$(LUA) spec/docs/meta.lua >lua/smc/meta/smc.lua.new
	@mv lua/smc/meta/smc.lua.new lua/smc/meta/smc.lua

# Man pages, completions and documentation, as they lie below $(PREFIX)/share. The reference is there if ldoc is.
SHARED := man/man1 bash-completion/completions zsh/site-functions fish/vendor_completions.d doc/smc
DOCUMENTS := README.md CHANGELOG.md LICENSE examples
MANUAL_DATE ?= $(shell date -u -d "@$${SOURCE_DATE_EPOCH:-$$(date +%s)}" +%F)

man: $(BUILD)/share/made ## write the man pages and completions of the scripts into build/share

$(BUILD)/share/made: $(shell find lua/smc $(DOCUMENTS) -type f) | all
	@rm -rf $(@D) && mkdir -p $(SHARED:%=$(@D)/%)
	@SMC_BUILD=$(BUILD) spec/env $(LUA) -e 'require "smc.cli.manual".main(table.unpack(arg))' - \
		$(@D) $(MANUAL_DATE) $(SCRIPTS:%=examples/%) </dev/null
	@cp -R $(DOCUMENTS) $(@D)/doc/smc
	@! command -v ldoc >/dev/null || $(MAKE) -s docs DOC=$(@D)/doc/smc/reference >/dev/null
	@touch $@

# Files of a folder, below another folder: readable for all, whatever the umask is, and owned by who installs.
define INSTALL_TREE
	@(cd $(1) && find $(2) -type f | tar --mode=u=rwX,go=rX -cf - -T -) | \
		(umask 022 && mkdir -p $(3) && tar -C $(3) --no-same-owner -xpf -)
endef

# Installed scripts start with this Lua and find the modules below PREFIX, whatever LUA_PATH is.
INTERPRETER = $(if $(findstring /,$(LUA)),$(LUA),/usr/bin/env $(LUA))
FIND_MODULES = package.path = "$(LUADIR)/?.lua;$(LUADIR)/?/init.lua;" .. package.path; \
	package.cpath = "$(CLIBDIR)/?.so;" .. package.cpath
FIT_SCRIPTS = sed -i -e '1s,.*,\#!$(INTERPRETER),' -e '1a $(FIND_MODULES)'

# A name is taken if a file of somebody else has it, or a command elsewhere on this machine's PATH.
define LINK_COMPAT
	@cd $(DESTDIR)$(BINDIR) && for s in $(filter smc%,$(SCRIPTS)); do \
		name=$${s%.lua}; other=$(if $(DESTDIR),,$$(command -v $$name)); \
		if [ "$$(readlink $$name)" = $$s ]; then :; \
		elif [ -e $$name ] || [ -L $$name ] || [ -n "$$other" ]; then \
			echo "make: no link $$name is made: there is $${other:-$(BINDIR)/$$name}" >&2; \
		else ln -s $$s $$name; fi; done
endef

install: all man ## install below PREFIX (default /usr/local; DESTDIR is honoured); COMPAT=1: also as smcss, smcd, ...
	$(call INSTALL_TREE,$(BUILD),$(addsuffix .so,$(subst .,/,$(MODULES))),$(DESTDIR)$(CLIBDIR))
	$(call INSTALL_TREE,lua,smc -name '*.lua',$(DESTDIR)$(LUADIR))
	$(call INSTALL_TREE,examples,$(SCRIPTS),$(DESTDIR)$(BINDIR))
	@cd $(DESTDIR)$(BINDIR) && $(FIT_SCRIPTS) $(SCRIPTS)
	$(call INSTALL_TREE,$(BUILD)/share,$(sort $(foreach d,$(SHARED),$(firstword $(subst /, ,$(d))))),$(DESTDIR)$(SHAREDIR))
	$(if $(COMPAT),$(LINK_COMPAT))

uninstall: ## remove what `make install` installed, given the same PREFIX and DESTDIR
	@cd $(DESTDIR)$(BINDIR) && for s in $(SCRIPTS); do name=$${s%.lua}; rm -f $$s; \
		if [ "$$(readlink $$name)" = $$s ]; then rm $$name; fi; done
	@cd $(DESTDIR)$(SHAREDIR) && for s in $(SCRIPTS); do rm -f man/man1/$$s.1 bash-completion/completions/$$s \
		zsh/site-functions/_$$s fish/vendor_completions.d/$$s.fish; done
	@rm -rf $(DESTDIR)$(LUADIR)/smc $(DESTDIR)$(CLIBDIR)/smc $(DESTDIR)$(SHAREDIR)/doc/smc

dist: ## write the archive of a release, build/smc-VERSION.tar.gz, with the documentation
	@spec/rock/release archive

release: ## check a release, write its archive and its rockspec: make release VERSION=0.1.0 URL=git+https://...
	@spec/rock/release rockspec '$(VERSION)' '$(URL)'

clean: ## remove what was built
	rm -rf $(BUILD) doc

env: ## print the shell settings with which Lua finds the modules of the checkout, and the shell its scripts
	@echo "export LUA_PATH='$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;'"
	@echo "export LUA_CPATH='$(CURDIR)/$(BUILD)/?.so;;'"
	@echo 'export PATH='\''$(CURDIR)/examples'\'':$$PATH'

modules: # the module list, for the spec that compares it with the rockspec
	@$(foreach m,$(MODULES),echo "$(m): $($(m))";)

scripts: # the list of scripts that are installed, for the specs
	@echo $(SCRIPTS)

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: all deps deps-missing demo demo-s390x test check spec test-unit test-sanitize test-valgrind test-kernel test-kernels test-oom test-threads test-soak test-ism test-cycles test-handshake test-pair test-s390x test-lab test-rock lint analyse fuzz soak coverage mutants compare bench docs meta man FORCE \
	install uninstall dist release clean env modules scripts help

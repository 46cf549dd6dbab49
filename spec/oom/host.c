// SPDX-License-Identifier: MIT
/*
 * A program with Lua in it whose allocations can be made to fail, Lua's own and malloc(3)'s: spec/oom.
 *
 *    host SCRIPT ARGUMENT…
 *
 * The script has a table `oom`. Under AddressSanitizer, which has a malloc(3) of its own, it is compiled with
 * -DLUA_ONLY.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <lauxlib.h>
#include <lualib.h>

/*
 * What fails: "once": one allocation, and what Lua tries once more after it has collected garbage; "on": that
 * and all others; "gc": one, whereupon Lua collects garbage and gets it.
 */
enum mode { ONCE, ON, GC };

static _Thread_local struct {
	bool armed;
	enum mode mode;
	long failing;
	long seen;
	long failed;
	size_t size; /* of the one that failed */
} state;

static atomic_long blocks; /* of malloc(3) that are not free yet */

static bool fails(size_t size)
{
	bool fail;

	if (!state.armed)
		return false;
	state.seen++;
	fail = state.seen == state.failing;
	if (state.mode == ON)
		fail = state.failing > 0 && state.seen >= state.failing;
	else if (state.mode == ONCE && state.seen == state.failing + 1)
		fail = size == state.size;
	if (fail) {
		state.failed++;
		state.size = size;
	}
	return fail;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

#ifdef LUA_ONLY
#define system_realloc realloc
#define system_free free
#else
#define system_realloc __libc_realloc
#define system_free __libc_free

static void *counted(void *block)
{
	if (block)
		atomic_fetch_add(&blocks, 1);
	else
		errno = ENOMEM;
	return block;
}

void *malloc(size_t size)
{
	return counted(fails(size) ? NULL : __libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return counted(fails(count * size) ? NULL : __libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
	if (!block)
		return malloc(size);
	if (size > 0 && fails(size)) {
		errno = ENOMEM;
		return NULL;
	}
	if (size == 0)
		atomic_fetch_sub(&blocks, 1);
	return __libc_realloc(block, size);
}

void free(void *block)
{
	if (block)
		atomic_fetch_sub(&blocks, 1);
	__libc_free(block);
}
#endif

/* Lua's allocations: what shrinks never fails, as Lua expects. */
static void *allocate(void *data, void *block, size_t before, size_t size)
{
	(void)data;
	if (size == 0) {
		system_free(block);
		return NULL;
	}
	if ((!block || size > before) && fails(size))
		return NULL;
	return system_realloc(block, size);
}

static lua_State *new_state(void)
{
	lua_State *L = lua_newstate(allocate, NULL);

	if (L)
		luaL_openlibs(L);
	return L;
}

static void arm(long failing, enum mode mode)
{
	memset(&state, 0, sizeof(state));
	state.failing = failing;
	state.mode = mode;
	state.armed = true;
}

static enum mode check_mode(lua_State *L, int arg)
{
	static const char *const names[] = { "once", "on", "gc", NULL };

	return (enum mode)luaL_checkoption(L, arg, NULL, names);
}

/* oom.call(n, mode, f) -> allocations, how many failed, whether f returned, its results or error */
static int oom_call(lua_State *L)
{
	long failing = (long)luaL_checkinteger(L, 1);
	enum mode mode = check_mode(L, 2);
	int status;

	luaL_checkstack(L, 50, NULL);
	lua_settop(L, 3);
	arm(failing, mode);
	status = lua_pcall(L, 0, LUA_MULTRET, 0);
	state.armed = false;
	lua_pushboolean(L, status == LUA_OK);
	lua_replace(L, 2);
	lua_pushinteger(L, state.failed);
	lua_replace(L, 1);
	lua_pushinteger(L, state.seen);
	lua_insert(L, 1);
	return lua_gettop(L);
}

/* Runs code in a state. Returns NULL or, in words, what went wrong. */
static const char *run_code(lua_State *L, const char *code)
{
	return luaL_dostring(L, code) ? luaL_tolstring(L, -1, NULL) : NULL;
}

/*
 * oom.load(n, mode, code, use) -> allocations, how many failed, error of code or nil, error of use or nil
 * In a new state: runs code while allocations fail, and use when they do not.
 */
static int oom_load(lua_State *L)
{
	long failing = (long)luaL_checkinteger(L, 1);
	enum mode mode = check_mode(L, 2);
	const char *code = luaL_checkstring(L, 3), *use = luaL_checkstring(L, 4), *error;
	lua_State *fresh = new_state();

	lua_settop(L, 4);
	lua_getglobal(L, "package");
	lua_getfield(L, 5, "path");
	lua_getfield(L, 5, "cpath");
	lua_getglobal(fresh, "package");
	lua_pushstring(fresh, lua_tostring(L, 6));
	lua_setfield(fresh, 1, "path");
	lua_pushstring(fresh, lua_tostring(L, 7));
	lua_setfield(fresh, 1, "cpath");
	luaL_loadstring(fresh, code);
	arm(failing, mode);
	error = lua_pcall(fresh, 0, 0, 0) ? lua_tostring(fresh, -1) : NULL;
	state.armed = false;
	lua_pushinteger(L, state.seen);
	lua_pushinteger(L, state.failed);
	lua_pushstring(L, error);
	lua_pushstring(L, run_code(fresh, use));
	lua_close(fresh);
	return 4;
}

/* oom.descriptors() -> how many this process has open */
static int oom_descriptors(lua_State *L)
{
	int fd, count = 0;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	lua_pushinteger(L, count);
	return 1;
}

/* oom.children() -> whether it has any, also such that have ended */
static int oom_children(lua_State *L)
{
	siginfo_t info;

	lua_pushboolean(L, waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD);
	return 1;
}

/* oom.blocks() -> how many blocks of malloc(3) there are */
static int oom_blocks(lua_State *L)
{
	lua_pushinteger(L, atomic_load(&blocks));
	return 1;
}

static const luaL_Reg functions[] = {
	{ "blocks", oom_blocks },	    { "call", oom_call }, { "children", oom_children },
	{ "descriptors", oom_descriptors }, { "load", oom_load }, { NULL, NULL },
};

int main(int argc, char **argv)
{
	lua_State *L = new_state();
	int i;

	luaL_newlib(L, functions);
	lua_setglobal(L, "oom");
	lua_createtable(L, argc, 0);
	for (i = 1; i < argc; i++) {
		lua_pushstring(L, argv[i]);
		lua_rawseti(L, -2, i - 1);
	}
	lua_setglobal(L, "arg");
	if (argc < 2 || luaL_dofile(L, argv[1])) {
		fprintf(stderr, "host: %s\n", argc < 2 ? "which script?" : lua_tostring(L, -1));
		return 1;
	}
	lua_close(L);
	return 0;
}

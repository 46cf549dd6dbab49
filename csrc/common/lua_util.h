/* SPDX-License-Identifier: MIT */
/* What the bindings share: results of failures, arguments, and classes of objects that hold a descriptor. */
#ifndef SMC_LUA_UTIL_H
#define SMC_LUA_UTIL_H

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lua_api.h"

#pragma GCC visibility push(hidden)

int smc_push_error(lua_State *L, int err, const char *what);
int smc_push_wait_error(lua_State *L, int err, const char *what);
void smc_run_signal_hooks(lua_State *L);
const char *smc_check_cstring(lua_State *L, int arg);

void smc_set_gc(lua_State *L, lua_CFunction gc);
void smc_register_class(lua_State *L, const char *name, const luaL_Reg *methods);

/* The first member of every object that holds a descriptor. */
struct smc_descriptor {
	int fd; /* -1: closed, or not open yet */
};

void smc_register_descriptor_class(lua_State *L, const char *name, const luaL_Reg *methods);
void *smc_new_descriptor(lua_State *L, const char *class, size_t size);
void *smc_check_descriptor(lua_State *L, const char *class);
bool smc_close_descriptor(struct smc_descriptor *descriptor);
ssize_t smc_read(int fd, void *bytes, size_t size);
int smc_wait_readable(const struct smc_descriptor *descriptor, double seconds);

bool smc_gc_on_fd_exhaustion(lua_State *L, int err);

#pragma GCC visibility pop

/*
 * The value of the call, which returns -1 and sets errno on failure. If there are no free descriptors, the call
 * is repeated after a garbage collection, whose finalizers may run any Lua code: hold no resources here.
 */
#define SMC_RETRY_AFTER_GC(L, call)                                        \
	__extension__({                                                    \
		int smc_result = (call);                                   \
		if (smc_result < 0 && smc_gc_on_fd_exhaustion((L), errno)) \
			smc_result = (call);                               \
		smc_result;                                                \
	})

#endif

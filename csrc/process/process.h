/* SPDX-License-Identifier: MIT */
/*
 * The functions of smc.core.process that are not in process.c. Each is described
 * where it is defined.
 *
 * Lua raises errors by longjmp: what a function takes from malloc or the kernel
 * is taken after its last check and given back before it pushes results, or
 * belongs to a userdata from the start.
 */
#ifndef SMC_PROCESS_H
#define SMC_PROCESS_H

#include "../common/lua_api.h"

#pragma GCC visibility push(hidden)
/* spawn.c */
int smc_process_exec(lua_State *L);
int smc_process_spawn(lua_State *L);

/* executable.c */
int smc_process_realpath(lua_State *L);
int smc_process_executable(lua_State *L);
int smc_process_needs_secure_exec(lua_State *L);
#pragma GCC visibility pop

#endif

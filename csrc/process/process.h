/* SPDX-License-Identifier: MIT */
/*
 * The functions of each file of smc.core.process, which process.c puts together.
 *
 * Lua raises errors by longjmp: a function acquires memory and descriptors after
 * its last check and frees them before it pushes results, or they belong to a
 * userdata from the start.
 */
#ifndef SMC_PROCESS_H
#define SMC_PROCESS_H

#include "../common/lua_api.h"

SMC_HIDDEN extern const luaL_Reg smc_process_spawning[], smc_process_executables[];

#endif

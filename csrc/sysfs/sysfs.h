/* SPDX-License-Identifier: MIT */
/* The classes of smc.core.sysfs, and the functions that make their objects. */
#ifndef SMC_SYSFS_H
#define SMC_SYSFS_H

#include "../common/lua_api.h"

#define WRITING "smc.sysfs.writing" /* its descriptor: the read end of the pipe for the result */
#define UEVENTS "smc.sysfs.uevents"

SMC_HIDDEN extern const luaL_Reg smc_sysfs_writing_methods[], smc_sysfs_uevents_methods[];
SMC_HIDDEN int smc_sysfs_async_write(lua_State *L);
SMC_HIDDEN int smc_sysfs_uevents(lua_State *L);

#endif

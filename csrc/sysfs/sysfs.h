/* SPDX-License-Identifier: MIT */
/* The files that smc.core.sysfs is made of. */
#ifndef SMC_SYSFS_H
#define SMC_SYSFS_H

#include "../common/lua_api.h"

#pragma GCC visibility push(hidden)
/* async_write.c */
int smc_sysfs_async_write(lua_State *L);
void smc_sysfs_register_async_write(lua_State *L);

/* uevent.c */
int smc_sysfs_uevents(lua_State *L);
void smc_sysfs_register_uevents(lua_State *L);
#pragma GCC visibility pop

#endif

/* SPDX-License-Identifier: MIT */
/* The files that smc.core.sysfs is made of. */
#ifndef SMC_SYSFS_H
#define SMC_SYSFS_H

#include "../common/lua_api.h"

#pragma GCC visibility push(hidden)
int smc_sysfs_write_apart(lua_State *L);
int smc_sysfs_uevents(lua_State *L);
#pragma GCC visibility pop

#endif

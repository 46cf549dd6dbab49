/* SPDX-License-Identifier: MIT */
/* The files that smc.core.os is made of. */
#ifndef SMC_OS_H
#define SMC_OS_H

#include "../common/lua_api.h"

#pragma GCC visibility push(hidden)
/* errno.c */
int smc_os_errors(lua_State *L);
int smc_os_strerror(lua_State *L);

/* clock.c */
int smc_os_gettime(lua_State *L);
int smc_os_monotonic(lua_State *L);
int smc_os_sleep(lua_State *L);

/* file.c */
int smc_os_entries(lua_State *L);
int smc_os_readlink(lua_State *L);
int smc_os_read(lua_State *L);

/* terminal.c */
int smc_os_columns(lua_State *L);
int smc_os_ignore_sigpipe(lua_State *L);
#pragma GCC visibility pop

#endif

/* SPDX-License-Identifier: MIT */
/* The functions of each file of smc.core.os, which os.c puts together. */
#ifndef SMC_OS_H
#define SMC_OS_H

#include "../common/lua_api.h"

#define SMC_TIMER "smc.os.timer"

SMC_HIDDEN extern const luaL_Reg smc_os_clock[], smc_os_errno[], smc_os_file[], smc_os_interrupt[],
	smc_os_mkdir[], smc_os_pseudorandom[], smc_os_terminal[], smc_os_timer[], smc_os_timer_methods[];

#endif

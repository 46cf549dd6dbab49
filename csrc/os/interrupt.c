// SPDX-License-Identifier: MIT
/* What Ctrl-C does while a script starts. */
#include <signal.h>
#include <stdbool.h>

#include "../common/lua_util.h"
#include "os.h"

static struct sigaction of_lua;
static bool is_released;

/*
 * release_interrupt()
 * SIGINT ends the process until hold_interrupt is called. lua(1) has a handler that raises an error in the next line
 * of Lua: while modules are loaded, nobody catches it. sigaction(2)
 */
static int os_release_interrupt(lua_State *L)
{
	const struct sigaction by_default = { .sa_handler = SIG_DFL };

	(void)L;
	if (is_released || sigaction(SIGINT, NULL, &of_lua) || of_lua.sa_handler == SIG_IGN)
		return 0;
	is_released = sigaction(SIGINT, &by_default, NULL) == 0;
	return 0;
}

/* hold_interrupt(): SIGINT does again what it did before release_interrupt */
static int os_hold_interrupt(lua_State *L)
{
	(void)L;
	if (is_released)
		sigaction(SIGINT, &of_lua, NULL);
	is_released = false;
	return 0;
}

const luaL_Reg smc_os_interrupt[] = {
	{ "hold_interrupt", os_hold_interrupt },
	{ "release_interrupt", os_release_interrupt },
	{ NULL, NULL },
};

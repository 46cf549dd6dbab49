// SPDX-License-Identifier: MIT
/* Random bytes that are the same on every machine, from any offset on: what a check sends and compares. */
#include <stdint.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "os.h"

/* Word number index of the stream of a seed: splitmix64. */
static uint64_t word_at(uint64_t seed, uint64_t index)
{
	uint64_t z = seed + (index + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* pattern(seed, offset, count) -> text: count bytes of the stream; its words are little-endian */
static int os_pattern(lua_State *L)
{
	uint64_t seed = (uint64_t)luaL_checkinteger(L, 1), word = 0;
	int offset = smc_check_int(L, 2, 0, INT_MAX, "offset");
	int count = smc_check_int(L, 3, 0, INT_MAX - offset, "number of bytes");
	luaL_Buffer buffer;
	char *data = luaL_buffinitsize(L, &buffer, (size_t)count);
	int i;

	for (i = 0; i < count; i++) {
		int at = offset + i;

		if (i == 0 || at % 8 == 0)
			word = word_at(seed, (uint64_t)at / 8);
		data[i] = (char)(word >> at % 8 * 8);
	}
	luaL_pushresultsize(&buffer, (size_t)count);
	return 1;
}

const luaL_Reg smc_os_pattern[] = { { "pattern", os_pattern }, { NULL, NULL } };

// SPDX-License-Identifier: MIT
/* Pseudorandom bytes, the same on every machine and readable from any offset: a check sends and compares them. */
#include <endian.h>
#include <stdint.h>
#include <string.h>

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

/* Writes count bytes of the stream, whose words are little-endian: nearly all of them a word at once. */
static void write_stream(char *data, uint64_t seed, size_t offset, size_t count)
{
	size_t n;

	for (; count > 0; data += n, offset += n, count -= n) {
		uint64_t word = htole64(word_at(seed, offset / sizeof(word)));
		size_t skip = offset % sizeof(word);

		n = sizeof(word);
		if (skip == 0 && count >= n) {
			memcpy(data, &word, sizeof(word));
		} else {
			n = count < n - skip ? count : n - skip;
			memcpy(data, (const char *)&word + skip, n);
		}
	}
}

/* pseudorandom(seed, offset, count) -> text: count bytes of the stream */
static int os_pseudorandom(lua_State *L)
{
	uint64_t seed = (uint64_t)luaL_checkinteger(L, 1);
	int offset = smc_check_int(L, 2, 0, INT_MAX, "offset");
	int count = smc_check_int(L, 3, 0, INT_MAX - offset, "number of bytes");
	luaL_Buffer buffer;
	char *data = luaL_buffinitsize(L, &buffer, (size_t)count);

	write_stream(data, seed, (size_t)offset, (size_t)count);
	luaL_pushresultsize(&buffer, (size_t)count);
	return 1;
}

const luaL_Reg smc_os_pseudorandom[] = { { "pseudorandom", os_pseudorandom }, { NULL, NULL } };

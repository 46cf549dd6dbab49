// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <arpa/inet.h>
#include <lauxlib.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "genl.h"
#include "fields.h"

/* The highest attribute type of the families is 21: of a technology's statistics. */
#define TYPE_MAX 31

/* An integer of any size; false where no integer has that size. */
static bool read_integer(const struct nlattr *nla, bool network, lua_Integer *out)
{
	const unsigned char *p = nla_data(nla);
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (nla_len(nla)) {
	case sizeof(uint8_t):
		*out = *p;
		return true;
	case sizeof(u16):
		memcpy(&u16, p, sizeof(u16));
		*out = network ? ntohs(u16) : u16;
		return true;
	case sizeof(u32):
		memcpy(&u32, p, sizeof(u32));
		*out = network ? ntohl(u32) : u32;
		return true;
	case sizeof(u64):
		memcpy(&u64, p, sizeof(u64));
		*out = (lua_Integer)u64;
		return !network;
	default:
		return false;
	}
}

static void push_string(lua_State *L, const struct nlattr *nla)
{
	size_t length;
	const char *text = smc_genl_string(nla, &length);

	while (length && text[length - 1] == ' ')
		length--;
	lua_pushlstring(L, text, length);
}

static int set_nest(lua_State *L, const struct smc_field *field, const struct nlattr *nla);

/* Sets the field of the table on top of the stack. */
static int set_field(lua_State *L, const struct smc_field *field, const struct nlattr *nla)
{
	lua_Integer value;

	switch (field->kind) {
	case SMC_NEST:
		return set_nest(L, field, nla);
	case SMC_STRING:
		push_string(L, nla);
		break;
	default:
		if (!read_integer(nla, field->kind == SMC_NETWORK, &value))
			return -EBADMSG;
		if (field->kind == SMC_BOOLEAN)
			lua_pushboolean(L, value != 0);
		else
			lua_pushinteger(L, value);
	}
	lua_setfield(L, -2, field->name);
	return 0;
}

/* Returns how many there were, or a negative errno. */
static int set_fields(lua_State *L, const struct smc_schema *schema, const struct nlattr *attr[])
{
	const struct smc_field *field;
	int count = 0, err;

	for (field = schema->fields; field < schema->fields + schema->count; field++) {
		if (!attr[field->type])
			continue;
		err = set_field(L, field, attr[field->type]);
		if (err < 0)
			return err;
		count++;
	}
	return count;
}

static int set_nest(lua_State *L, const struct smc_field *field, const struct nlattr *nla)
{
	const struct nlattr *attr[TYPE_MAX + 1];
	int err = smc_genl_parse_nested(nla, attr, TYPE_MAX);

	if (err)
		return err;
	if (!field->name)
		return set_fields(L, field->nest, attr);
	lua_createtable(L, 0, (int)field->nest->count);
	err = set_fields(L, field->nest, attr);
	if (err < 0)
		return err;
	lua_setfield(L, -2, field->name);
	return 0;
}

int smc_schema_push(lua_State *L, const struct nlmsghdr *msg, const struct smc_schema *schema)
{
	const struct nlattr *attr[TYPE_MAX + 1];
	int err = smc_genl_parse(msg, attr, TYPE_MAX);

	if (err)
		return err;
	luaL_checkstack(L, 8, NULL);
	lua_createtable(L, 0, 8);
	err = set_fields(L, schema, attr);
	if (err > 0)
		return 1;
	lua_pop(L, err == 0);
	return err;
}

// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include <netlink/attr.h>

#include "fields.h"

/* Stack slots for nested tables and their values. */
#define STACK 8

static bool read_integer(bool network, const unsigned char *bytes, size_t size, lua_Integer *out)
{
	lua_Unsigned value = 0;
	size_t i;

	if (!smc_attr_integer(bytes, size, out))
		return false;
	if (network) {
		for (i = 0; i < size; i++)
			value = value << 8 | bytes[i];
		*out = (lua_Integer)value;
	}
	return true;
}

static bool push_integer(lua_State *L, enum smc_field_kind kind, const struct nlattr *attr)
{
	size_t size = (size_t)nla_len(attr);
	lua_Integer value;

	if (!read_integer(kind == SMC_NETWORK, nla_data(attr), size, &value))
		return false;
	if (kind == SMC_BOOLEAN)
		lua_pushboolean(L, value != 0);
	else
		lua_pushinteger(L, value);
	return true;
}

static void push_string(lua_State *L, enum smc_field_kind kind, const struct nlattr *attr)
{
	const char *text = nla_data(attr);
	size_t length = strnlen(text, (size_t)nla_len(attr));

	while (length && text[length - 1] == ' ')
		length--;
	if (kind == SMC_NAME && (!length || (length == strlen("n/a") && !memcmp(text, "n/a", length))))
		lua_pushnil(L);
	else
		lua_pushlstring(L, text, length);
}

static bool push_address(lua_State *L, const struct nlattr *attr)
{
	int family = nla_len(attr) == sizeof(struct in_addr) ? AF_INET : AF_INET6;
	char text[INET6_ADDRSTRLEN];

	if (family == AF_INET6 && nla_len(attr) != sizeof(struct in6_addr))
		return false;
	lua_pushstring(L, inet_ntop(family, nla_data(attr), text, sizeof(text)));
	return true;
}

static int set_fields(lua_State *L, const struct smc_field *fields, struct smc_attrs attrs);

/* Sets the field of the table on top of the stack. Returns 0 or a negative errno. */
static int set_field(lua_State *L, const struct smc_field *field, const struct nlattr *attr)
{
	int err;

	switch (field->kind) {
	case SMC_NEST:
		if (!field->name) {
			err = set_fields(L, field->nest, smc_attr_nested(attr));
			return err < 0 ? err : 0;
		}
		lua_newtable(L);
		err = set_fields(L, field->nest, smc_attr_nested(attr));
		if (err < 0)
			return err;
		break;
	case SMC_STRING:
	case SMC_NAME:
		push_string(L, field->kind, attr);
		break;
	case SMC_ADDRESS:
		if (!push_address(L, attr))
			return -EBADMSG;
		break;
	default:
		if (!push_integer(L, field->kind, attr))
			return -EBADMSG;
	}
	lua_setfield(L, -2, field->name);
	return 0;
}

static const struct smc_field *find_field(const struct smc_field *fields, int type)
{
	for (; fields->kind != SMC_END; fields++) {
		if (fields->type == type)
			return fields;
	}
	return NULL;
}

/* Returns how many there were, or a negative errno. */
static int set_fields(lua_State *L, const struct smc_field *fields, struct smc_attrs attrs)
{
	const struct smc_field *field;
	const struct nlattr *attr;
	int count = 0, err;

	while ((err = smc_attr_next(&attrs, &attr)) > 0) {
		field = find_field(fields, nla_type(attr));
		if (!field)
			continue;
		err = set_field(L, field, attr);
		if (err < 0)
			return err;
		count++;
	}
	return err < 0 ? err : count;
}

int smc_fields_push(lua_State *L, const struct smc_field *fields, struct smc_attrs attrs)
{
	int top = lua_gettop(L);
	int count;

	luaL_checkstack(L, STACK, NULL);
	lua_newtable(L);
	count = set_fields(L, fields, attrs);
	if (count > 0)
		return 1;
	lua_settop(L, top);
	return count;
}

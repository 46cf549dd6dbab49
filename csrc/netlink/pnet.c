// SPDX-License-Identifier: MIT
/*
 * The table of user-defined PNET IDs, of the generic netlink family SMC_PNETID:
 * see smc_pnet(8) and net/smc/smc_pnet.c. An entry is of an interface of this
 * network namespace; or, in the initial one only, of a port of an RDMA device,
 * or of an ISM device.
 */
#include <stdint.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/smc.h>

#include "genl.h"
#include "../common/number.h"

/* What the kernel says in place of the device that an entry is not of. */
static bool is_named(const struct nlattr *nla)
{
	static const char none[] = "n/a";
	const char *text;
	size_t length;

	text = smc_genl_string(nla, &length);
	return length && !(length == sizeof(none) - 1 && !memcmp(text, none, length));
}

static int decode(lua_State *L, const struct nlmsghdr *msg, const void *want)
{
	const struct nlattr *attr[SMC_PNETID_MAX + 1];
	int err = smc_genl_parse(msg, attr, SMC_PNETID_MAX);

	(void)want;
	if (err)
		return err;
	lua_createtable(L, 0, 3);
	smc_genl_set_string(L, "pnetid", attr[SMC_PNETID_NAME]);
	if (is_named(attr[SMC_PNETID_ETHNAME]))
		smc_genl_set_string(L, "netdev", attr[SMC_PNETID_ETHNAME]);
	if (is_named(attr[SMC_PNETID_IBNAME])) {
		smc_genl_set_string(L, "ibdev", attr[SMC_PNETID_IBNAME]);
		smc_genl_set_integer(L, "ibport", attr[SMC_PNETID_IBPORT]);
	}
	return 1;
}

/* A string argument as an attribute. */
static struct smc_genl_attr string_attr(lua_State *L, int arg, int type)
{
	struct smc_genl_attr attr = { .type = type };

	attr.data = luaL_checklstring(L, arg, &attr.size);
	attr.size++; /* the NUL behind every string of Lua's */
	return attr;
}

/* pnet_list() -> { { pnetid =, netdev =, ibdev =, ibport = }, … } | nil, message, errno */
int smc_pnet_list(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot list the PNET IDs",
		.decode = decode,
		.advice = smc_genl_advice,
	};

	return smc_genl_list(L, &ops, SMCR_GENL_FAMILY_NAME, SMC_PNETID_GET);
}

/*
 * pnet_add(pnetid, netdev or nil, ibdev or nil, ibport) -> true | nil, message, errno
 * With both it is true where the kernel could add one of them.
 */
int smc_pnet_add(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot add the PNET ID",
		.advice = smc_genl_advice,
	};
	struct smc_genl_attr attr[5] = { string_attr(L, 1, SMC_PNETID_NAME) }, *next = attr + 1;
	uint8_t port;

	if (!lua_isnoneornil(L, 2) || lua_isnoneornil(L, 3))
		*next++ = string_attr(L, 2, SMC_PNETID_ETHNAME);
	if (!lua_isnoneornil(L, 3)) {
		*next++ = string_attr(L, 3, SMC_PNETID_IBNAME);
		port = (uint8_t)smc_check_int(L, 4, 0, UINT8_MAX, "port of a device");
		*next++ = (struct smc_genl_attr){ SMC_PNETID_IBPORT, &port, sizeof(port) };
	}
	return smc_genl_call(L, &ops, SMCR_GENL_FAMILY_NAME, SMC_PNETID_ADD, attr);
}

/* pnet_remove(pnetid) -> true | nil, message, errno */
int smc_pnet_remove(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot remove the PNET ID",
		.advice = smc_genl_advice,
	};
	struct smc_genl_attr attr[2] = { string_attr(L, 1, SMC_PNETID_NAME) };

	return smc_genl_call(L, &ops, SMCR_GENL_FAMILY_NAME, SMC_PNETID_DEL, attr);
}

/* pnet_flush() -> true | nil, message, errno */
int smc_pnet_flush(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot empty the table of PNET IDs",
		.advice = smc_genl_advice,
	};

	return smc_genl_call(L, &ops, SMCR_GENL_FAMILY_NAME, SMC_PNETID_FLUSH, NULL);
}

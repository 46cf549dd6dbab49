// SPDX-License-Identifier: MIT
/*
 * Enterprise IDs, of the generic netlink family SMC_GEN_NETLINK: those of users
 * (UEID) and that of the machine (SEID). See smcd-ueid(8), smcd-seid(8) and
 * net/smc/smc_clc.c. An EID has 32 characters, blanks at the end pad it.
 */
#include <string.h>

#include <lauxlib.h>
#include <linux/smc.h>

#include "genl.h"

static int decode_ueid(lua_State *L, const struct nlmsghdr *msg, const void *want)
{
	const struct nlattr *attr[SMC_NLA_EID_TABLE_MAX + 1];
	int err = smc_genl_parse(msg, attr, SMC_NLA_EID_TABLE_MAX);
	const char *eid;
	size_t length;

	(void)want;
	if (err)
		return err;
	if (!attr[SMC_NLA_EID_TABLE_ENTRY])
		return 0;
	eid = smc_genl_string(attr[SMC_NLA_EID_TABLE_ENTRY], &length);
	while (length && eid[length - 1] == ' ')
		length--;
	lua_pushlstring(L, eid, length);
	return 1;
}

/* Without an ISM device of version 2 the kernel answers with no attributes at all. */
static int decode_seid(lua_State *L, const struct nlmsghdr *msg, const void *want)
{
	const struct nlattr *attr[SMC_NLA_SEID_TABLE_MAX + 1];
	int err = smc_genl_parse(msg, attr, SMC_NLA_SEID_TABLE_MAX);

	(void)want;
	if (err)
		return err;
	lua_createtable(L, 0, 2);
	smc_genl_set_string(L, "seid", attr[SMC_NLA_SEID_ENTRY]);
	smc_genl_set_boolean(L, "enabled", attr[SMC_NLA_SEID_ENABLED]);
	return 1;
}

/* A request about one EID, which the kernel wants with its padding and a NUL. */
static int call_with_eid(lua_State *L, const struct smc_dump_ops *ops, int command)
{
	struct smc_genl_attr attr[2] = { { .type = SMC_NLA_EID_TABLE_ENTRY } };
	char padded[SMC_MAX_EID_LEN + 1];
	const char *eid;
	size_t length;

	eid = luaL_checklstring(L, 1, &length);
	luaL_argcheck(L, length <= SMC_MAX_EID_LEN, 1, "an EID has at most 32 characters");
	memset(padded, ' ', SMC_MAX_EID_LEN);
	memcpy(padded, eid, length);
	padded[SMC_MAX_EID_LEN] = '\0';
	attr[0].data = padded;
	attr[0].size = sizeof(padded);
	return smc_genl_call(L, ops, SMC_GENL_FAMILY_NAME, command, attr);
}

/* ueid_list() -> { eid, … } | nil, message, errno */
int smc_ueid_list(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot list the UEIDs",
		.decode = decode_ueid,
		.advice = smc_genl_advice,
	};

	return smc_genl_list(L, &ops, SMC_GENL_FAMILY_NAME, SMC_NETLINK_DUMP_UEID);
}

/* ueid_add(eid) -> true | nil, message, errno */
int smc_ueid_add(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot add the UEID",
		.advice = smc_genl_advice,
	};

	return call_with_eid(L, &ops, SMC_NETLINK_ADD_UEID);
}

/* ueid_remove(eid) -> true | nil, message, errno */
int smc_ueid_remove(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot remove the UEID",
		.advice = smc_genl_advice,
	};

	return call_with_eid(L, &ops, SMC_NETLINK_REMOVE_UEID);
}

/* ueid_flush() -> true | nil, message, errno */
int smc_ueid_flush(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot remove the UEIDs",
		.advice = smc_genl_advice,
	};

	return smc_genl_call(L, &ops, SMC_GENL_FAMILY_NAME, SMC_NETLINK_FLUSH_UEID, NULL);
}

/* seid() -> { { seid =, enabled = } } | nil, message, errno */
int smc_seid_get(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot read the SEID",
		.decode = decode_seid,
		.advice = smc_genl_advice,
	};

	return smc_genl_list(L, &ops, SMC_GENL_FAMILY_NAME, SMC_NETLINK_DUMP_SEID);
}

/* seid_enable() -> true | nil, message, errno */
int smc_seid_enable(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot enable the SEID",
		.advice = smc_genl_advice,
	};

	return smc_genl_call(L, &ops, SMC_GENL_FAMILY_NAME, SMC_NETLINK_ENABLE_SEID, NULL);
}

/* seid_disable() -> true | nil, message, errno */
int smc_seid_disable(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot disable the SEID",
		.advice = smc_genl_advice,
	};

	return smc_genl_call(L, &ops, SMC_GENL_FAMILY_NAME, SMC_NETLINK_DISABLE_SEID, NULL);
}

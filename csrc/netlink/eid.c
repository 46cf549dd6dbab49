// SPDX-License-Identifier: MIT
/*
 * Enterprise IDs, of the generic netlink family SMC_GEN_NETLINK: those of users
 * (UEID) and that of the machine (SEID). See smcd-ueid(8), smcd-seid(8) and
 * net/smc/smc_clc.c. An EID has 32 characters and is padded with blanks.
 */
#include <string.h>

#include <lauxlib.h>
#include <linux/smc.h>

#include "../common/lua_util.h"
#include "genl.h"

static const struct smc_field ueid[] = {
	{ "ueid", SMC_NLA_EID_TABLE_ENTRY, SMC_STRING, NULL },
	SMC_FIELDS_END,
};

/* Without an ISM device of version 2 the kernel answers with no attributes at all. */
static const struct smc_field seid[] = {
	{ "seid", SMC_NLA_SEID_ENTRY, SMC_STRING, NULL },
	{ "enabled", SMC_NLA_SEID_ENABLED, SMC_BOOLEAN, NULL },
	SMC_FIELDS_END,
};

/* An EID, which the kernel wants with its padding and a NUL. */
static void eid_argument(lua_State *L, struct smc_genl_attr attrs[SMC_GENL_ATTRS])
{
	char padded[SMC_MAX_EID_LEN];
	const char *eid;
	size_t length;

	eid = smc_check_cstring(L, 1);
	length = strlen(eid);
	luaL_argcheck(L, length <= sizeof(padded), 1, "an EID has at most 32 characters");
	memset(padded, ' ', sizeof(padded));
	memcpy(padded, eid, length);
	lua_pushlstring(L, padded, sizeof(padded));
	attrs[0] = smc_genl_string(L, -1, SMC_NLA_EID_TABLE_ENTRY);
}

static const struct smc_genl_request requests[] = {
	/* ueid_list() -> { { ueid = }, … } | nil, message, errno */
	{ "ueid_list", "cannot list the UEIDs", SMC_NETLINK_DUMP_UEID, ueid, NULL },
	/* ueid_add(ueid) -> true | nil, message, errno */
	{ "ueid_add", "cannot add the UEID", SMC_NETLINK_ADD_UEID, NULL, eid_argument },
	/* ueid_remove(ueid) -> true | nil, message, errno */
	{ "ueid_remove", "cannot remove the UEID", SMC_NETLINK_REMOVE_UEID, NULL, eid_argument },
	/* ueid_flush() -> true | nil, message, errno */
	{ "ueid_flush", "cannot remove the UEIDs", SMC_NETLINK_FLUSH_UEID, NULL, NULL },
	/* seid() -> { { seid =, enabled = } } | nil, message, errno */
	{ "seid", "cannot read the SEID", SMC_NETLINK_DUMP_SEID, seid, NULL },
	/* seid_enable() -> true | nil, message, errno */
	{ "seid_enable", "cannot enable the SEID", SMC_NETLINK_ENABLE_SEID, NULL, NULL },
	/* seid_disable() -> true | nil, message, errno */
	{ "seid_disable", "cannot disable the SEID", SMC_NETLINK_DISABLE_SEID, NULL, NULL },
	{ .name = NULL },
};

const struct smc_genl_family smc_eid = { SMC_GENL_FAMILY_NAME, requests };

// SPDX-License-Identifier: MIT
/*
 * What the kernel says about SMC as a whole, of the generic netlink family
 * SMC_GEN_NETLINK: see smcd-info(8), net/smc/smc_core.c, and net/smc/af_smc.c for
 * the limitation of handshakes.
 */
#include <lauxlib.h>
#include <linux/smc.h>

#include "genl.h"
#include "fields.h"

/* Linux 5.19 has these; headers of a distribution can be older. */
enum { DUMP_HS_LIMITATION = 16, ENABLE_HS_LIMITATION, DISABLE_HS_LIMITATION };
enum { NLA_HS_LIMITATION_ENABLED = 1 };

static const struct smc_field info_fields[] = {
	{ "version", SMC_NLA_SYS_VER, SMC_INTEGER, NULL },
	{ "release", SMC_NLA_SYS_REL, SMC_INTEGER, NULL },
	{ "ism_v2", SMC_NLA_SYS_IS_ISM_V2, SMC_BOOLEAN, NULL },
	{ "hostname", SMC_NLA_SYS_LOCAL_HOST, SMC_STRING, NULL },
	{ "seid", SMC_NLA_SYS_SEID, SMC_STRING, NULL },
	{ "smcr_v2", SMC_NLA_SYS_IS_SMCR_V2, SMC_BOOLEAN, NULL },
};
static const struct smc_schema info = SMC_SCHEMA(info_fields);

static const struct smc_field message_fields[] = {
	{ NULL, SMC_GEN_SYS_INFO, SMC_NEST, &info },
};
static const struct smc_schema message = SMC_SCHEMA(message_fields);

static const struct smc_field limitation_fields[] = {
	{ "enabled", NLA_HS_LIMITATION_ENABLED, SMC_BOOLEAN, NULL },
};
static const struct smc_schema limitation = SMC_SCHEMA(limitation_fields);

static int decode(lua_State *L, const struct nlmsghdr *msg, const void *want)
{
	(void)want;
	return smc_schema_push(L, msg, &message);
}

static int decode_limitation(lua_State *L, const struct nlmsghdr *msg, const void *want)
{
	(void)want;
	return smc_schema_push(L, msg, &limitation);
}

/*
 * sys_info([recorded]) -> { { version =, release =, ism_v2 =, hostname =,
 * seid =, smcr_v2 = } } | nil, message, errno
 */
int smc_sys_info(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot read the system information",
		.decode = decode,
		.advice = smc_genl_advice,
	};

	if (!lua_isnoneornil(L, 1))
		return smc_genl_recorded(L, 1, &ops);
	return smc_genl_list(L, &ops, SMC_GENL_FAMILY_NAME, SMC_NETLINK_GET_SYS_INFO);
}

/* hs_limitation() -> { { enabled = } } | nil, message, errno */
int smc_hs_limitation_get(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot read the limitation of handshakes",
		.decode = decode_limitation,
		.advice = smc_genl_advice,
	};

	return smc_genl_list(L, &ops, SMC_GENL_FAMILY_NAME, DUMP_HS_LIMITATION);
}

/* hs_limitation_enable() -> true | nil, message, errno */
int smc_hs_limitation_enable(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot enable the limitation of handshakes",
		.advice = smc_genl_advice,
	};

	return smc_genl_call(L, &ops, SMC_GENL_FAMILY_NAME, ENABLE_HS_LIMITATION, NULL);
}

/* hs_limitation_disable() -> true | nil, message, errno */
int smc_hs_limitation_disable(lua_State *L)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot disable the limitation of handshakes",
		.advice = smc_genl_advice,
	};

	return smc_genl_call(L, &ops, SMC_GENL_FAMILY_NAME, DISABLE_HS_LIMITATION, NULL);
}

// SPDX-License-Identifier: MIT
/*
 * System-wide information about SMC, from the generic netlink family
 * SMC_GEN_NETLINK: see smcd-info(8), net/smc/smc_core.c, and net/smc/af_smc.c for
 * the limitation of handshakes.
 */
#include <linux/smc.h>

#include "genl.h"

/* Linux 5.19 has these; headers of a distribution can be older. */
enum { DUMP_HS_LIMITATION = 16, ENABLE_HS_LIMITATION, DISABLE_HS_LIMITATION };
enum { NLA_HS_LIMITATION_ENABLED = 1 };

static const struct smc_field info[] = {
	{ "version", SMC_NLA_SYS_VER, SMC_INTEGER, NULL },
	{ "release", SMC_NLA_SYS_REL, SMC_INTEGER, NULL },
	{ "ism_v2", SMC_NLA_SYS_IS_ISM_V2, SMC_BOOLEAN, NULL },
	{ "hostname", SMC_NLA_SYS_LOCAL_HOST, SMC_STRING, NULL },
	{ "seid", SMC_NLA_SYS_SEID, SMC_STRING, NULL },
	{ "smcr_v2", SMC_NLA_SYS_IS_SMCR_V2, SMC_BOOLEAN, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field message[] = {
	{ NULL, SMC_GEN_SYS_INFO, SMC_NEST, info },
	SMC_FIELDS_END,
};

static const struct smc_field limitation[] = {
	{ "enabled", NLA_HS_LIMITATION_ENABLED, SMC_BOOLEAN, NULL },
	SMC_FIELDS_END,
};

static const struct smc_genl_request requests[] = {
	/* system_info() -> { { version =, release =, ism_v2 =, hostname =, seid =, smcr_v2 = } } | nil, message, errno */
	{ "system_info", "cannot read the system information", SMC_NETLINK_GET_SYS_INFO, message, NULL },
	/* hs_limitation() -> { { enabled = } } | nil, message, errno */
	{ "hs_limitation", "cannot read the limitation of handshakes", DUMP_HS_LIMITATION, limitation, NULL },
	/* hs_limitation_enable() -> true | nil, message, errno */
	{ "hs_limitation_enable", "cannot enable the limitation of handshakes", ENABLE_HS_LIMITATION, NULL,
	  NULL },
	/* hs_limitation_disable() -> true | nil, message, errno */
	{ "hs_limitation_disable", "cannot disable the limitation of handshakes", DISABLE_HS_LIMITATION, NULL,
	  NULL },
	{ .name = NULL },
};

const struct smc_genl_family smc_system = { SMC_GENL_FAMILY_NAME, requests };

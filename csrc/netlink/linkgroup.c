// SPDX-License-Identifier: MIT
/*
 * Link groups and links, of the generic netlink family SMC_GEN_NETLINK: see
 * smcd-linkgroup(8), smcr-linkgroup(8) and net/smc/smc_core.c.
 */
#include <linux/smc.h>

#include "genl.h"

/* Attributes since Linux 6.8 and 6.10; headers of a distribution can be older. */
enum { NLA_LGR_R_V2_MAX_CONNS = 2, NLA_LGR_R_V2_MAX_LINKS };
enum { NLA_LGR_R_SNDBUF_ALLOC = 12, NLA_LGR_R_RMB_ALLOC };
enum { NLA_LGR_D_EXT_GID = 10, NLA_LGR_D_PEER_EXT_GID };
enum { NLA_LGR_D_SNDBUF_ALLOC = 12, NLA_LGR_D_DMB_ALLOC };

static const struct smc_field v2[] = {
	{ "version", SMC_NLA_LGR_V2_VER, SMC_INTEGER, NULL },
	{ "peer_release", SMC_NLA_LGR_V2_REL, SMC_INTEGER, NULL },
	{ "peer_os", SMC_NLA_LGR_V2_OS, SMC_INTEGER, NULL },
	{ "eid", SMC_NLA_LGR_V2_NEG_EID, SMC_STRING, NULL },
	{ "peer_hostname", SMC_NLA_LGR_V2_PEER_HOST, SMC_STRING, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field smcr_v2[] = {
	{ "direct", SMC_NLA_LGR_R_V2_DIRECT, SMC_BOOLEAN, NULL },
	{ "max_conns", NLA_LGR_R_V2_MAX_CONNS, SMC_INTEGER, NULL },
	{ "max_links", NLA_LGR_R_V2_MAX_LINKS, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field smcd[] = {
	{ "id", SMC_NLA_LGR_D_ID, SMC_INTEGER, NULL },
	{ "gid", SMC_NLA_LGR_D_GID, SMC_INTEGER, NULL },
	{ "peer_gid", SMC_NLA_LGR_D_PEER_GID, SMC_INTEGER, NULL },
	{ "vlan_id", SMC_NLA_LGR_D_VLAN_ID, SMC_INTEGER, NULL },
	{ "conns_num", SMC_NLA_LGR_D_CONNS_NUM, SMC_INTEGER, NULL },
	{ "pnetid", SMC_NLA_LGR_D_PNETID, SMC_STRING, NULL },
	{ "pchid", SMC_NLA_LGR_D_CHID, SMC_INTEGER, NULL },
	{ "v2", SMC_NLA_LGR_D_V2_COMMON, SMC_NEST, v2 },
	{ "gid_ext", NLA_LGR_D_EXT_GID, SMC_INTEGER, NULL },
	{ "peer_gid_ext", NLA_LGR_D_PEER_EXT_GID, SMC_INTEGER, NULL },
	{ "sndbuf_alloc", NLA_LGR_D_SNDBUF_ALLOC, SMC_INTEGER, NULL },
	{ "dmb_alloc", NLA_LGR_D_DMB_ALLOC, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field smcr[] = {
	{ "id", SMC_NLA_LGR_R_ID, SMC_INTEGER, NULL },
	{ "role", SMC_NLA_LGR_R_ROLE, SMC_INTEGER, NULL },
	{ "lgr_type", SMC_NLA_LGR_R_TYPE, SMC_INTEGER, NULL },
	{ "pnetid", SMC_NLA_LGR_R_PNETID, SMC_STRING, NULL },
	{ "vlan_id", SMC_NLA_LGR_R_VLAN_ID, SMC_INTEGER, NULL },
	{ "conns_num", SMC_NLA_LGR_R_CONNS_NUM, SMC_INTEGER, NULL },
	{ "v2", SMC_NLA_LGR_R_V2_COMMON, SMC_NEST, v2 },
	{ "smcr_v2", SMC_NLA_LGR_R_V2, SMC_NEST, smcr_v2 },
	{ "net_cookie", SMC_NLA_LGR_R_NET_COOKIE, SMC_INTEGER, NULL },
	{ "buf_type", SMC_NLA_LGR_R_BUF_TYPE, SMC_INTEGER, NULL },
	{ "sndbuf_alloc", NLA_LGR_R_SNDBUF_ALLOC, SMC_INTEGER, NULL },
	{ "rmb_alloc", NLA_LGR_R_RMB_ALLOC, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field link[] = {
	{ "link_id", SMC_NLA_LINK_ID, SMC_INTEGER, NULL },
	{ "ibdev", SMC_NLA_LINK_IB_DEV, SMC_STRING, NULL },
	{ "ibport", SMC_NLA_LINK_IB_PORT, SMC_INTEGER, NULL },
	{ "gid", SMC_NLA_LINK_GID, SMC_STRING, NULL },
	{ "peer_gid", SMC_NLA_LINK_PEER_GID, SMC_STRING, NULL },
	{ "conns_num", SMC_NLA_LINK_CONN_CNT, SMC_INTEGER, NULL },
	{ "ifindex", SMC_NLA_LINK_NET_DEV, SMC_INTEGER, NULL },
	{ "link_uid", SMC_NLA_LINK_UID, SMC_NETWORK, NULL },
	{ "peer_link_uid", SMC_NLA_LINK_PEER_UID, SMC_NETWORK, NULL },
	{ "state", SMC_NLA_LINK_STATE, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field message[] = {
	{ "smcd", SMC_GEN_LGR_SMCD, SMC_NEST, smcd },
	{ "smcr", SMC_GEN_LGR_SMCR, SMC_NEST, smcr },
	{ "link", SMC_GEN_LINK_SMCR, SMC_NEST, link },
	SMC_FIELDS_END,
};

static const struct smc_genl_request requests[] = {
	/* linkgroup_smcd() -> { { smcd = {…} }, … } | nil, message, errno */
	{ "linkgroup_smcd", "cannot list the link groups", SMC_NETLINK_GET_LGR_SMCD, message, NULL },
	/*
	 * linkgroup_smcr() -> { { smcr = {…} }, { link = {…} }, … } | nil, message, errno
	 * The links of a link group follow it: one dump has both, so that they fit together.
	 */
	{ "linkgroup_smcr", "cannot list the link groups", SMC_NETLINK_GET_LINK_SMCR, message, NULL },
	{ .name = NULL },
};

const struct smc_genl_family smc_linkgroup = { SMC_GENL_FAMILY_NAME, requests };

// SPDX-License-Identifier: MIT
/*
 * Counters of a network namespace, of the generic netlink family SMC_GEN_NETLINK:
 * see smcd-stats(8) and net/smc/smc_stats.c.
 */
#include <linux/smc.h>

#include "genl.h"

/* Attributes since Linux 6.10; headers of a distribution can be older. */
enum { NLA_STATS_T_RX_RMB_USAGE = 20, NLA_STATS_T_TX_RMB_USAGE };

static const struct smc_field sizes[] = {
	{ "8K", SMC_NLA_STATS_PLOAD_8K, SMC_INTEGER, NULL },
	{ "16K", SMC_NLA_STATS_PLOAD_16K, SMC_INTEGER, NULL },
	{ "32K", SMC_NLA_STATS_PLOAD_32K, SMC_INTEGER, NULL },
	{ "64K", SMC_NLA_STATS_PLOAD_64K, SMC_INTEGER, NULL },
	{ "128K", SMC_NLA_STATS_PLOAD_128K, SMC_INTEGER, NULL },
	{ "256K", SMC_NLA_STATS_PLOAD_256K, SMC_INTEGER, NULL },
	{ "512K", SMC_NLA_STATS_PLOAD_512K, SMC_INTEGER, NULL },
	{ "1024K", SMC_NLA_STATS_PLOAD_1024K, SMC_INTEGER, NULL },
	{ "more", SMC_NLA_STATS_PLOAD_G_1024K, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field buffers[] = {
	{ "small_peer", SMC_NLA_STATS_RMB_SIZE_SM_PEER_CNT, SMC_INTEGER, NULL },
	{ "small", SMC_NLA_STATS_RMB_SIZE_SM_CNT, SMC_INTEGER, NULL },
	{ "full_peer", SMC_NLA_STATS_RMB_FULL_PEER_CNT, SMC_INTEGER, NULL },
	{ "full", SMC_NLA_STATS_RMB_FULL_CNT, SMC_INTEGER, NULL },
	{ "reuse", SMC_NLA_STATS_RMB_REUSE_CNT, SMC_INTEGER, NULL },
	{ "alloc", SMC_NLA_STATS_RMB_ALLOC_CNT, SMC_INTEGER, NULL },
	{ "downgrade", SMC_NLA_STATS_RMB_DGRADE_CNT, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field tech[] = {
	{ "tx_rmb_sizes", SMC_NLA_STATS_T_TX_RMB_SIZE, SMC_NEST, sizes },
	{ "rx_rmb_sizes", SMC_NLA_STATS_T_RX_RMB_SIZE, SMC_NEST, sizes },
	{ "tx_sizes", SMC_NLA_STATS_T_TXPLOAD_SIZE, SMC_NEST, sizes },
	{ "rx_sizes", SMC_NLA_STATS_T_RXPLOAD_SIZE, SMC_NEST, sizes },
	{ "tx_rmb", SMC_NLA_STATS_T_TX_RMB_STATS, SMC_NEST, buffers },
	{ "rx_rmb", SMC_NLA_STATS_T_RX_RMB_STATS, SMC_NEST, buffers },
	{ "client_v1", SMC_NLA_STATS_T_CLNT_V1_SUCC, SMC_INTEGER, NULL },
	{ "client_v2", SMC_NLA_STATS_T_CLNT_V2_SUCC, SMC_INTEGER, NULL },
	{ "server_v1", SMC_NLA_STATS_T_SRV_V1_SUCC, SMC_INTEGER, NULL },
	{ "server_v2", SMC_NLA_STATS_T_SRV_V2_SUCC, SMC_INTEGER, NULL },
	{ "sendpage", SMC_NLA_STATS_T_SENDPAGE_CNT, SMC_INTEGER, NULL },
	{ "splice", SMC_NLA_STATS_T_SPLICE_CNT, SMC_INTEGER, NULL },
	{ "cork", SMC_NLA_STATS_T_CORK_CNT, SMC_INTEGER, NULL },
	{ "nodelay", SMC_NLA_STATS_T_NDLY_CNT, SMC_INTEGER, NULL },
	{ "urgent_data", SMC_NLA_STATS_T_URG_DATA_CNT, SMC_INTEGER, NULL },
	{ "rx_bytes", SMC_NLA_STATS_T_RX_BYTES, SMC_INTEGER, NULL },
	{ "tx_bytes", SMC_NLA_STATS_T_TX_BYTES, SMC_INTEGER, NULL },
	{ "rx_requests", SMC_NLA_STATS_T_RX_CNT, SMC_INTEGER, NULL },
	{ "tx_requests", SMC_NLA_STATS_T_TX_CNT, SMC_INTEGER, NULL },
	{ "rx_rmb_usage", NLA_STATS_T_RX_RMB_USAGE, SMC_INTEGER, NULL },
	{ "tx_rmb_usage", NLA_STATS_T_TX_RMB_USAGE, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field stats[] = {
	{ "smcd", SMC_NLA_STATS_SMCD_TECH, SMC_NEST, tech },
	{ "smcr", SMC_NLA_STATS_SMCR_TECH, SMC_NEST, tech },
	{ "client_handshake_errors", SMC_NLA_STATS_CLNT_HS_ERR_CNT, SMC_INTEGER, NULL },
	{ "server_handshake_errors", SMC_NLA_STATS_SRV_HS_ERR_CNT, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field fallback[] = {
	{ "by_server", SMC_NLA_FBACK_STATS_TYPE, SMC_BOOLEAN, NULL },
	{ "server", SMC_NLA_FBACK_STATS_SRV_CNT, SMC_INTEGER, NULL },
	{ "client", SMC_NLA_FBACK_STATS_CLNT_CNT, SMC_INTEGER, NULL },
	{ "code", SMC_NLA_FBACK_STATS_RSN_CODE, SMC_INTEGER, NULL },
	{ "count", SMC_NLA_FBACK_STATS_RSN_CNT, SMC_INTEGER, NULL },
	SMC_FIELDS_END,
};

static const struct smc_field message[] = {
	{ NULL, SMC_GEN_STATS, SMC_NEST, stats },
	{ NULL, SMC_GEN_FBACK_STATS, SMC_NEST, fallback },
	SMC_FIELDS_END,
};

static const struct smc_genl_request requests[] = {
	/* stats() -> { { smcd = {…}, smcr = {…}, … } } | nil, message, errno */
	{ "stats", "cannot read the statistics", SMC_NETLINK_GET_STATS, message, NULL },
	/*
	 * fallback_stats() -> { { by_server =, code =, count = }, … } | nil, message, errno
	 * The first one has the sums, client and server, too. Without a fallback there is none.
	 */
	{ "fallback_stats", "cannot read the statistics", SMC_NETLINK_GET_FBACK_STATS, message, NULL },
	{ .name = NULL },
};

const struct smc_genl_family smc_stats = { SMC_GENL_FAMILY_NAME, requests };

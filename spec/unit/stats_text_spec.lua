-- What smcd.lua and smcr.lua print of counters: every value in its place. The values are all different, so
-- that one in the place of another is seen.
local abbreviate = require "smc.cli.smcd.abbreviate"
local dkjson = require "dkjson"
local genl = require "fuzz.genl"
local recorded = require "fuzz.recorded"
local stats = require "smc.stats"
local smcd_support = require "smcd_support"
local support = require "support"

local printed, smcd, smcr = smcd_support.printed, smcd_support.smcd, smcd_support.smcr

describe("counters", function()
  local function snapshot()
    local one = recorded.stats(genl.stats(),
      genl.fallback(false, 0x03010000, 7, { client = 11, server = 13 })
      .. genl.fallback(true, 0x03010000, 8, nil) .. genl.fallback(false, 0x01010000, 2, nil)
      .. genl.fallback(false, 0x03000000, 1, nil) .. genl.fallback(false, 0x03030000, 9, nil)
      .. genl.fallback(true, 0x03030000, 8, nil) .. genl.fallback(false, 0x0fff0000, 3, nil))
    for _, name in ipairs { "smcd", "smcr" } do
      one[name].rx_rmb_usage, one[name].tx_rmb_usage = 4321, 5432
    end
    one.smcr.cork = one.smcr.cork + 1 -- not those of the other
    return one
  end

  local function share(part, whole) return ("(%.2f%%)"):format(part / whole * 100) end

  -- Label, number and the rest of each line that has them, from a line on.
  local function rows_of(text, from)
    local rows = {}
    for line in text:sub((text:find(from, 1, true))):gmatch "[^\n]+" do
      local label, number, rest = line:match "^%s+(.-)%s%s+(%d[%d.]*)%s?(.*)$"
      if label and not label:find "^%d+KB" and not label:find "^[BR]%a+s$" then
        rows[#rows + 1] = ("%s|%s|%s"):format(label, number, rest)
      end
    end
    return rows
  end

  local function row(label, number, rest) return ("%s|%s|%s"):format(label, number, rest or "") end

  local function summary(t, details)
    local client, server = t.client_v1 + t.client_v2, t.server_v1 + t.server_v2
    local rows = {
      row("Total connections handled", client + server + 9 + 24),
      row("SMC connections", client + server, details and ("(client %d, server %d)"):format(client, server)),
    }
    if details then
      rows[#rows + 1] = row("v1", t.client_v1 + t.server_v1)
      rows[#rows + 1] = row("v2", t.client_v2 + t.server_v2)
    end
    rows[#rows + 1] = row("Handshake errors", 9, details and "(client 4, server 5)")
    rows[#rows + 1] = row("Avg requests per SMC conn",
      ("%.1f"):format((t.rx_requests + t.tx_requests) / (client + server)))
    rows[#rows + 1] = row("TCP fallback", 24, details and "(client 11, server 13)")
    if details then
      for _, one in ipairs { { "PEER_NO_SMC", 8 }, { "NOSMCDEV", 8 }, { "NOSMCDEV", 9 }, { "PEER_NO_SMC", 7 },
        { "0x0fff0000", 3 } } do
        rows[#rows + 1] = row(one[1], one[2])
      end
    end
    return rows
  end

  local function direction(t, way, details)
    local rmb, requests, bytes = t[way .. "_rmb"], t[way .. "_requests"], t[way .. "_bytes"]
    local usage = t[way .. "_rmb_usage"]
    local rows = { row("Data transmitted (Bytes)", bytes, ("(%s)"):format(abbreviate(bytes))),
      row("Total requests", requests),
      row("Buffer usage (Bytes)", usage, ("(%s)"):format(abbreviate(usage))),
      row("Buffer full", rmb.full, share(rmb.full, requests)) }
    if way == "tx" then
      rows[#rows + 1] = row("Buffer full (remote)", rmb.full_peer, share(rmb.full_peer, requests))
      rows[#rows + 1] = row("Buffer too small", rmb.small, share(rmb.small, requests))
      rows[#rows + 1] = row("Buffer too small (remote)", rmb.small_peer, share(rmb.small_peer, requests))
    end
    if details then
      rows[#rows + 1] = row("Buffer downgrades", rmb.downgrade)
      rows[#rows + 1] = row("Buffer reuses", rmb.reuse)
    end
    return rows
  end

  local function extras(t, details)
    local rows = { row("Special socket calls", t.cork + t.nodelay + t.sendpage + t.splice + t.urgent_data) }
    if details then
      for _, one in ipairs { { "cork", t.cork }, { "nodelay", t.nodelay }, { "sendpage", t.sendpage },
        { "splice", t.splice }, { "urgent data", t.urgent_data } } do
        rows[#rows + 1] = row(one[1], one[2])
      end
    end
    return rows
  end

  for name, tool_of in pairs { smcd = smcd, smcr = smcr } do
    for level = 0, 1 do
      it(("are where they belong: %s, level %d"):format(name, level), function()
        local all = snapshot()
        local t, details = all[name], level > 0
        local text = printed("stats", tool_of { level = level }, {}, stats, "get", all)
        local expected = summary(t, details)
        for _, part in ipairs {
          direction(t, "rx", details), direction(t, "tx", details), extras(t, details),
        } do
          table.move(part, 1, #part, #expected + 1, expected)
        end
        assert.same(expected, rows_of(text, "Summary\n"))
        assert.equal(1, text:find(tool_of().technology .. " Connections Summary\n", 1, true))
        for label, field in pairs { Bufs = "_rmb_sizes", Reqs = "_sizes" } do
          local at = 1
          for _, way in ipairs { "rx", "tx" } do
            local sizes, wanted = t[way .. field], {}
            local _, last = text:find("\n  " .. label, at, true)
            at = last
            local found = support.words(text:match("^[^\n]*", last + 1))
            for i, size in ipairs { "8K", "16K", "32K", "64K", "128K", "256K", "512K" } do
              wanted[i] = abbreviate(sizes[size]):match "%S+"
            end
            wanted[8] = abbreviate(sizes["1024K"] + sizes.more):match "%S+"
            assert.same(wanted, found, way .. label)
          end
        end
      end)
    end

    it("have the names of the original as JSON: " .. name, function()
      local all = snapshot()
      local t = all[name]
      local found = assert(dkjson.decode(printed("stats", tool_of(), { "json" }, stats, "get", all)))
      found = assert(found[name:upper()])
      local expected = {
        CLNT_V1_SUCC_CNT = t.client_v1, CLNT_V2_SUCC_CNT = t.client_v2, SRV_V1_SUCC_CNT = t.server_v1,
        SRV_V2_SUCC_CNT = t.server_v2, SENDPAGE_CNT = t.sendpage, URG_DATA_CNT = t.urgent_data,
        SPLICE_CNT = t.splice, CORK_CNT = t.cork, NDLY_CNT = t.nodelay, RX_BYTES = t.rx_bytes,
        TX_BYTES = t.tx_bytes, RX_CNT = t.rx_requests, TX_CNT = t.tx_requests, RX_RMB_USAGE = t.rx_rmb_usage,
        TX_RMB_USAGE = t.tx_rmb_usage,
      }
      for _, way in ipairs { "rx", "tx" } do
        local rmb, prefix = t[way .. "_rmb"], "INT_" .. way:upper() .. "_BUF_"
        for key, value in pairs { SIZE_SM_PEER_CNT = rmb.small_peer, SIZE_SM_CNT = rmb.small,
          FULL_PEER_CNT = rmb.full_peer, FULL_CNT = rmb.full, REUSE_CNT = rmb.reuse, ALLOC_CNT = rmb.alloc,
          DGRADE_CNT = rmb.downgrade } do
          expected[prefix .. key] = value
        end
        for size, value in pairs(t[way .. "_rmb_sizes"]) do
          expected[prefix .. (size == "more" and "G_1024K" or size)] = value
        end
        for size, value in pairs(t[way .. "_sizes"]) do
          expected["USR_" .. way:upper() .. "_BUF_" .. (size == "more" and "G_1024K" or size)] = value
        end
      end
      local prefixed = {}
      for key, value in pairs(expected) do prefixed["SMC_" .. key] = value end
      assert.same(prefixed, found)
    end)
  end
end)

--- Conclusions from EIDs: SMCv2 needs one that both sides have.
-- @module smc.handshake.conclusions.eids

local common = require "smc.internal.lists".common
local printable = require "smc.internal.text".printable
local say = require "smc.handshake.conclusions.say"

local eids = {}

local ADD <const> = "smcd.lua ueid add %s"
local A_NAME <const> = "SMCV2-NAME"

-- The EIDs of a side as words.
local function list(side)
  local all = table.move(side.ueids, 1, #side.ueids, 1, {})
  if side.seid and side.seid_enabled ~= false then all[#all + 1] = ("SEID %s"):format(side.seid) end
  return #all > 0 and printable(table.concat(all, ", ")) or "none"
end

local function have_common(a, b)
  return common(a.ueids, b.ueids)
    or a.seid and a.seid == b.seid and a.seid_enabled ~= false and b.seid_enabled ~= false
end

local function offers_v2(proposal)
  for _, one in ipairs(proposal.offers) do
    if one:find "v2$" then return true end
  end
  return false
end

local function conclude_none(view, found, role)
  say.add(found, view, role, {
    subject = "eids",
    text = ("%s no UEID, and no SEID that is enabled: SMCv2 needs an EID that both hosts have."):format(
      say.verb(view, role, "has")),
    evidence = role == "client" and "the EIDs in its Proposal" or "its table of EIDs",
    command = ADD:format(A_NAME),
  })
end

--- Adds what the EIDs mean.
-- @tparam table view
-- @tparam table found
function eids.conclude(view, found)
  local proposal, server = view.proposal, view.facts.server or {}
  if not offers_v2(proposal) then return end
  local client = { ueids = proposal.ueids, seid = proposal.seid, seid_enabled = proposal.seid_enabled }
  if list(client) == "none" then return conclude_none(view, found, "client") end
  if not server.ueids then return end
  if list(server) == "none" then return conclude_none(view, found, "server") end
  if have_common(client, server) then return end
  say.add(found, view, say.other(view.here or "client"), {
    subject = "eids",
    text = ("The UEIDs differ: %s."):format(say.both(view, list(client), list(server))),
    evidence = "the EIDs in the Proposal, and the server's table of EIDs",
    command = ADD:format(printable((view.here == "server" and server or client).ueids[1] or A_NAME)),
  })
end

return eids

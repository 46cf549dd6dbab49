--- Explains how a handshake ended, from the offers of both sides.
-- @module smc.handshake.conclusions

local common = require "smc.internal.lists".common
local eids = require "smc.handshake.conclusions.eids"
local option = require "smc.handshake.conclusions.option"
local printable = require "smc.internal.text".printable
local say = require "smc.handshake.conclusions.say"
local subnets = require "smc.handshake.conclusions.subnets"

local conclusions = {}

local function first(handshake, kind)
  for _, message in ipairs(handshake.messages) do
    if message.type == kind then return message end
  end
end

-- === what is offered ===

local function has(list, pattern)
  for _, one in ipairs(list or {}) do
    if one:find(pattern) then return true end
  end
  return false
end

local MISSING <const> = {
  { "^SMC%-D", "SMC-R", "smcd.lua device",
    "no ISM device that fits the network interface" },
  { "^SMC%-R", "SMC-D", "smcr.lua device",
    "no RDMA device with an active port that fits the network interface" },
}

-- A client that offers only SMC-D or only SMC-R, while the server may have only the other.
local function of_offers(view, found)
  local offers = view.proposal.offers
  for _, one in ipairs(MISSING) do
    if not has(offers, one[1]) then
      say.add(found, view, "client", {
        subject = "offers",
        text = ("%s only %s: it has %s."):format(say.verb(view, "client", "offers"), one[2], one[4]),
        evidence = ("its Proposal offers %s"):format(table.concat(offers, ", ")),
        command = one[3],
      })
    end
  end
end

-- SMC-Dv2 requires devices with the same CHID. A Proposal without any is that of a client without a subnet of
-- IPv6, whose kernel names its device for version 1 alone: that is told by what is seen of the client's host.
local function of_devices(view, found)
  local theirs = (view.facts.server or {}).chids
  if not theirs or not has(view.proposal.offers, "^SMC%-Dv2") then return end
  local ours = {}
  local devices = table.move(view.proposal.ism_devices or {}, 1, 8, 1, {})
  devices[#devices + 1] = view.proposal.ism
  for _, device in ipairs(devices) do ours[#ours + 1] = device.chid end
  if #ours == 0 or common(theirs, ours) then return end
  local function list(chids)
    local words = {}
    for i, chid in ipairs(chids) do words[i] = ("%04x"):format(chid) end
    return #words > 0 and table.concat(words, ", ") or "none"
  end
  say.add(found, view, "server", {
    subject = "devices",
    text = ("The ISM devices do not reach each other: %s. SMC-Dv2 needs the same PCHID on both hosts, which "
      .. "only one machine has."):format(say.both(view, list(ours), list(theirs))),
    evidence = "the CHIDs in the Proposal, and those of the server's devices",
    command = "smcd.lua device",
  })
end

-- === how it ended ===

local function of_decline(view, found)
  local decline = first(view.handshake, "Decline")
  if not decline then return end
  local diagnosis, from = decline.diagnosis, decline.from
  local after = first(view.handshake, "Confirm") and ", after the Confirm"
    or first(view.handshake, "Accept") and ", after the Accept" or ""
  say.add(found, view, from, {
    subject = "decline",
    text = ("%s: %s."):format(say.verb(view, from, "declines"), diagnosis.meaning),
    evidence = ("its Decline has the code 0x%08x%s%s"):format(diagnosis.code,
      diagnosis.name and " " .. diagnosis.name or "", after),
  })
end

-- Codes that may hide a later failure of SMC-R: Linux keeps the first one, and has none for EIDs.
local FIRST <const> = { NOSMCD2DEV = true, NOSMCDDEV = true, NOISM2SUPP = true, NOV2DEXT = true }

local function of_hidden(view, found)
  local decline = first(view.handshake, "Decline")
  local name = decline and decline.from == "server" and decline.diagnosis.name
  if not FIRST[name or ""] or not has(view.proposal.offers, "^SMC%-Rv2") then return end
  if (view.facts.server or {}).ueids then return end
  say.add(found, view, "server", {
    subject = "hidden",
    text = ("%s none of the UEIDs %s, or no RDMA device: SMC-Rv2 was offered, too."):format(
      say.verb(view, "server", "has"), printable(table.concat(view.proposal.ueids, ", "))),
    evidence = ("%s is about SMC-D, and Linux keeps only the first reason"):format(name),
    command = "smcd.lua ueid show; smcr.lua device",
  })
end

local function of_silence(view, found)
  local handshake = view.handshake
  if handshake.outcome ~= "incomplete" then return end
  local proposed = first(handshake, "Proposal")
  if proposed and not first(handshake, "Accept") then
    local data = handshake.data == "server"
    say.add(found, view, "server", {
      subject = "silence",
      text = ("%s the Proposal%s: it is not an SMC program, and its SYN/ACK repeats the options of any SYN, "
        .. "or its host is too busy."):format(say.verb(view, "server", "does not answer"),
        data and " with a message, but with other data" or ""),
      evidence = "the SYN/ACK has the SMC option, and no CLC message followed",
    })
  elseif handshake.syn and not handshake.syn_ack then
    local refused = handshake.ended and handshake.ended.by == "server"
    say.add(found, view, "server", {
      subject = "silence",
      text = ("%s the SYN."):format(say.verb(view, "server", refused and "rejects" or "does not answer")),
      evidence = refused and "its answer is an RST" or "no SYN/ACK was seen",
    })
  end
end

local function of_fault(view, found)
  local fault = view.handshake.fault
  if not fault then return end
  say.add(found, view, fault.from, {
    subject = "fault",
    text = ("%s what is not a CLC message."):format(say.verb(view, fault.from, "sends")),
    evidence = fault.message,
  })
end

--- See `smc.handshake.conclusions`.
-- @tparam table handshake
-- @tparam table options checked
function conclusions.of(handshake, options)
  local view = {
    handshake = handshake, here = options.here, facts = options,
    proposal = first(handshake, "Proposal"), agreed = handshake.outcome:find("^SMC%-") ~= nil,
  }
  local found = {}
  if view.agreed then return found end
  option.conclude(view, found)
  of_fault(view, found)
  if view.proposal then
    eids.conclude(view, found)
    subnets.conclude(view, found)
    of_devices(view, found)
  end
  of_decline(view, found)
  of_silence(view, found)
  if view.proposal then
    of_hidden(view, found)
    of_offers(view, found)
  end
  return found
end

return conclusions

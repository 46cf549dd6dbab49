-- Text from outside with what a terminal obeys and with ends of lines: no script prints it as it is. What
-- needs a kernel with SMC is in the kernel's spec of this name.
local lfs = require "lfs"
local outside = require "outside"
local support = require "support"

local EVIL <const>, check <const> = outside.EVIL, outside.check

describe("an argument #plain", function()
  -- EVIL stands for the text, alone or in a word.
  local CALLS <const> = {
    ["smcss.lua"] = { "-EVIL", "--EVIL", "--json=EVIL" },
    ["smcd.lua"] = { "EVIL", "-EVIL", "ueid add EVIL", "ueid del EVIL", "ueid add EVIL --json" },
    ["smcr.lua"] = { "EVIL", "-EVIL", "ueid add EVIL" },
    ["smc_pnet.lua"] = { "-EVIL", "--EVIL", "-P EVIL", "-a EVIL -I lo", "-a A -I EVIL", "-a A -D EVIL",
      "-s EVIL", "-d EVIL", "-s -I EVIL", "-d A -D EVIL", "-s EVIL --json" },
    ["smc_chk.lua"] = { "EVIL", "--EVIL", "-p EVIL", "-t EVIL", "-i EVIL", "-i EVIL --json" },
    ["smc_clc.lua"] = { "EVIL", "--EVIL", "-i EVIL", "-i EVIL --json", "-f /EVIL/x", "-f /EVIL/x --json",
      "-p EVIL" },
    ["smc_rnics.lua"] = { "EVIL", "--EVIL", "-d EVIL", "-e EVIL", "-t EVIL", "1 EVIL", "EVIL --json" },
    ["smc_run.lua"] = { "--EVIL x", "-r EVIL x", "-t EVIL x", "EVIL", "--fallback EVIL x" },
    ["echo_server.lua"] = { "EVIL", "--EVIL", "--host EVIL", "--port EVIL", "--max-clients EVIL",
      "--idle-timeout EVIL" },
    ["send_data.lua"] = { "EVIL", "--EVIL", "--host EVIL", "--port EVIL", "--timeout EVIL", "--file EVIL",
      "--file /EVIL/x" },
  }
  -- Where the message does not quote it.
  local UNSEEN <const> = { ["--json=EVIL"] = false, ["EVIL"] = false,
    ["1 EVIL"] = false, ["--fallback EVIL x"] = false }

  for name, calls in pairs(CALLS) do
    for _, call in ipairs(calls) do
      it(("of %s: %s"):format(name, call), function()
        outside.try(name, call, call == "-EVIL" and "\\x1b" or UNSEEN[call])
      end)
    end
  end

  it("is the name of the script", function()
    local folder <close> = support.tree { [EVIL .. ".lua"] = { lfs.currentdir() .. "/examples/smcss.lua" } }
    for _, words in ipairs { { "-h" }, { "-x" } } do
      local result = support.run { "env", "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath,
        "lua5.4", folder.root .. "/" .. EVIL .. ".lua", table.unpack(words) }
      check(result, words[1])
    end
  end)
end)

describe("a peer #plain", function()
  -- The records of link groups and devices, each text in them from outside.
  it("names itself, its devices and its EID", function()
    local stub <const> = ([[
      local EVIL = %q
      local group = { type = "SMC-R", id = 256, role = "server", lgr_type = EVIL, pnetid = EVIL, version = 2,
        peer_release = 1, peer_hostname = EVIL, peer_os = EVIL, eid = EVIL, conns_num = 1, links = { {
        netdev = EVIL, state = EVIL, ibdev = EVIL, gid = EVIL, peer_gid = EVIL } } }
      require "smc.linkgroup".list = function() return { group } end
      local port = { netdev = EVIL, ibport = 1, state = EVIL, pnetid = EVIL, pnetid_source = "user" }
      require "smc.device".list = function()
        return { { type = "SMC-R", ibdev = EVIL, model = EVIL, pci_id = EVIL, pnetid = EVIL,
          ports = { port } } }
      end
      require "smc.system".info = function()
        return { version = 2, release = 1, hostname = EVIL, seid = EVIL, smcd = {}, smcr = {}, ism = {},
          roce = {} }
      end
      require "smc.eid".list = function() return { EVIL } end
      require "smc.eid".seid = function() return { seid = EVIL, enabled = true } end
    ]]):format(EVIL)
    for _, call in ipairs { "smcd l", "smcd -d l", "smcr l", "smcr -d l", "smcr l link-show",
      "smcr -d l link", "smcr -dd l link", "smcd device", "smcr device", "smcr -d device", "smcd info",
      "smcr info", "smcd ueid", "smcd seid" } do
      local words = support.words(call)
      words[1] = "examples/" .. words[1] .. ".lua"
      local result = support.run { "lua5.4", "-e", ("package.path, package.cpath = %q, %q\n"):format(
        package.path, package.cpath) .. stub, table.unpack(words) }
      assert.same({ 0, "" }, { result.status, result.stderr })
      check(result, call)
    end
  end)

  it("is not believed in its answer to a check", function()
    local answer = "smc-check answer 1 " .. EVIL .. " 0x00000000 0x00000000"
    assert.is_nil(require "smc.check.protocol".read_answer(answer))
  end)
end)

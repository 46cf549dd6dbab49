-- An output of busted in the kernel's test format, KTAP (Documentation/dev-tools/ktap.rst): a file of specs
-- is a test, and each of its specs a subtest, printed as they end. busted -o spec/ktap.lua
return function()
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()
  local files, tests, file_failed = 0, 0, false
  local messages = {}

  local function say(...)
    io.stdout:write(...)
    io.stdout:write("\n")
    io.stdout:flush()
  end

  -- Text of one line: a name may have neither a number sign, which begins a directive, nor a line's end.
  local function plain(text)
    return (tostring(text):gsub("#", "No."):gsub("%c+", " "))
  end

  local function explain(indent, text)
    for line in tostring(text):gmatch("[^\n]+") do say(indent, "# ", (line:gsub("%c", " "))) end
  end

  local function result(indent, number, name, status)
    local verdict = (status == "success" or status == "pending") and "ok" or "not ok"
    say(indent, verdict, " ", tostring(number), " ", plain(name), status == "pending" and " # SKIP" or "")
  end

  function handler.suiteStart()
    say "KTAP version 1"
    return nil, true
  end

  function handler.fileStart(file)
    tests, file_failed = 0, false
    say "  KTAP version 1"
    say("  # Subtest: ", plain(file.name))
    return nil, true
  end

  function handler.testEnd(element, _, status)
    tests = tests + 1
    for _, message in ipairs(messages) do explain("  ", message) end
    messages = {}
    result("  ", tests, handler.getFullName(element), status)
    file_failed = file_failed or status == "failure" or status == "error"
    return nil, true
  end

  -- What is wrong comes before the line that says so; outside a test it is the file's.
  function handler.wrong(element, _, message)
    messages[#messages + 1] = type(message) == "table" and (message.message or "") or message
    if element.descriptor ~= "it" then
      for _, text in ipairs(messages) do explain("  ", text) end
      messages, file_failed = {}, true
    end
    return nil, true
  end

  function handler.fileEnd(file)
    files = files + 1
    say("  1..", tostring(tests))
    result("", files, file.name, file_failed and "failure" or "success")
    return nil, true
  end

  function handler.suiteEnd()
    say("1..", tostring(files))
    return nil, true
  end

  busted.subscribe({ "suite", "start" }, handler.suiteStart)
  busted.subscribe({ "suite", "end" }, handler.suiteEnd)
  busted.subscribe({ "file", "start" }, handler.fileStart)
  busted.subscribe({ "file", "end" }, handler.fileEnd)
  busted.subscribe({ "test", "end" }, handler.testEnd, { predicate = handler.cancelOnPending })
  busted.subscribe({ "failure" }, handler.wrong)
  busted.subscribe({ "error" }, handler.wrong)
  return handler
end

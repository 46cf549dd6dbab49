-- Whether a socket belongs into what smcss(8) prints. -l and -D are filters of the query.
return function(s, options)
  if not options.all and not options.listening and (s.state == "LISTEN" or s.state == "INIT") then
    return false
  end
  return not options.smcr or s.mode == "SMC-R"
end

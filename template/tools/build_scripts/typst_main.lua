-- Until the chapters' reader writes Typst itself: documents in, their Typst out, a line for each.

local HERE = pandoc.path.directory(arg[0])
local write = dofile(pandoc.path.join {HERE, "typst.lua"})

local function raw(code)
  return pandoc.RawInline("typst", code)
end

local LINKS = {
  Link = function(link)
    local id = link.target:match("^#(.+)$")
    if not id then return nil end
    return pandoc.Inlines {raw('#link(label("' .. id .. '"))[')} .. link.content .. {raw "];"}
  end,
}

local input = pandoc.json.decode(io.read("a"), false)
for _, job in ipairs(input.jobs) do
  local doc = job.text and pandoc.read(job.text, "markdown") or pandoc.read(job.ast, "json")
  local ok, text = pcall(write, doc:walk(LINKS), {})
  io.write(pandoc.json.encode(ok and {typst = text} or {error = tostring(text)}), "\n")
end

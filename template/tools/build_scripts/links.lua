-- The links of Markdown files as GitHub reads them.
--
-- Its first line of input means nothing; every line after is a job, {"text": Markdown}, and is
-- answered by a line: {"links": [target], "images": [target], "ids": [fragment]}.

local slug = dofile(pandoc.path.join {pandoc.path.directory(arg[0]), "slug.lua"})

local function read(job)
  local found = {links = pandoc.List {}, images = pandoc.List {}, ids = pandoc.List {}}
  local used = {}
  local attributes = {
    href = found.links, src = found.images, id = found.ids, name = found.ids,
  }
  local function raw(element)
    for name, value in element.text:gmatch("%s(%a+)%s*=%s*[\"']([^\"']+)[\"']") do
      if attributes[name] then attributes[name]:insert(value) end
    end
  end
  pandoc.read(job.text, "gfm-gfm_auto_identifiers"):walk {
    Header = function(header) found.ids:insert(slug.heading(header.content, used)) end,
    Image = function(image) found.images:insert(image.src) end,
    Link = function(link) found.links:insert(link.target) end,
    RawBlock = raw,
    RawInline = raw,
  }
  return found
end

io.read("L")
for line in io.lines() do
  local ok, answer = pcall(read, pandoc.json.decode(line, false))
  io.write(pandoc.json.encode(ok and answer or {error = tostring(answer)}), "\n")
  io.flush()
end

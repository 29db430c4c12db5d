-- Citations of the book's bibliography, resolved chapter by chapter.

local stringify = pandoc.utils.stringify
local M = {}

local function read_sources(bibliography)
  local sources = {}
  if not bibliography then return sources, nil end
  local ok, read = pcall(pandoc.read, bibliography.text, bibliography.format)
  if not ok then return sources, tostring(read) end
  for _, source in ipairs(read.meta.references or {}) do
    sources[stringify(source.id)] = source
  end
  return sources, nil
end

--- The sources of the book's bibliography by key, and why they could not be read; they are read
-- at the first chapter that may cite one.
function M.sources(shared)
  if not shared.sources then
    shared.sources, shared.sources_error = read_sources(shared.bibliography)
  end
  return shared.sources, shared.sources_error
end

--- The sources that blocks cite, each once, in the order of their keys.
local function cited(blocks, sources)
  local keys, seen = pandoc.List {}, {}
  blocks:walk {
    Cite = function(cite)
      for _, citation in ipairs(cite.citations) do
        if not seen[citation.id] then
          seen[citation.id] = true
          keys:insert(citation.id)
        end
      end
    end,
  }
  table.sort(keys)
  return keys:map(function(key) return sources[key] end)
end

--- Have citations printed, and what they cite listed at the end of the chapter.
function M.resolve(blocks, state, report)
  local shared, prefix = state.shared, state.chapter.prefix
  local doc = pandoc.utils.citeproc(pandoc.Pandoc(blocks, {
    references = cited(blocks, state.sources),
    csl = shared.style,
    lang = shared.language,
    ["link-citations"] = true,
  }))
  local function qualified(id)
    return prefix .. id
  end
  doc = doc:walk {
    -- The words of a citation are all that the writers want to see of it.
    Cite = function(cite) return cite.content end,
    Link = function(link)
      local key = link.target:match("^#(ref%-.*)$")
      if key then link.target = "#" .. qualified(key) end
      return key and link or nil
    end,
  }
  local list = doc.blocks:remove(#doc.blocks)
  list = list:walk {
    Div = function(entry)
      if entry.identifier == "" then return nil end
      entry.identifier = qualified(entry.identifier)
      report.ids:insert {id = entry.identifier, written = entry.identifier, explicit = false}
      return entry
    end,
  }
  list.identifier = ""
  list.attributes = {}
  doc.blocks:insert(pandoc.Header(2, shared.words.References, {class = "unnumbered"}))
  doc.blocks:insert(list)
  return doc.blocks
end

return M

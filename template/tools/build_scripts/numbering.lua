-- The numbers of figures, tables, listings and equations, and the words before them.

local ids = dofile(pandoc.path.join {pandoc.path.directory(arg[0]), "ids.lua"})

local WORDS = {fig = "Figure", tbl = "Table", lst = "Listing", eq = "Equation"}

local M = {}

--- The inlines of a caption, or of a credit, that is an attribute.
function M.read_inlines(text)
  -- What holds no markup is most of them, and reading it as Markdown takes a hundred times as long.
  if not text:find("[^%w ,.;:()]") then return pandoc.Inlines(text) end
  return pandoc.utils.blocks_to_inlines(pandoc.read(text, "markdown-citations").blocks)
end

--- Number what has a label, `3.2`; nil for what has none.
function M.number(id, state, report)
  local kind = ids.kind(id)
  if not WORDS[kind] then return nil end
  local count = (state.counts[kind] or 0) + 1
  state.counts[kind] = count
  local number = state.chapter.label .. "." .. count
  report.labels:insert {id = id, number = number}
  return number
end

--- Put "Figure 3.2" before a caption, where what it names has a label.
function M.captioned(id, caption, state, report)
  local number = M.number(id, state, report)
  if not number then return caption end
  local word = WORDS[ids.kind(id)]
  local text = (state.shared.words[word] or word) .. "\u{A0}" .. number
  local label = pandoc.Span({pandoc.Str(text)}, pandoc.Attr("", {"caption-label"}))
  if #caption == 0 then return pandoc.Inlines {label} end
  return pandoc.Inlines {label, pandoc.Space()} .. caption
end

return M

-- What stands between the paragraphs of a chapter: figures, tables, equations, callouts, tabs.
--
-- Every function turns what the author wrote into the one form that all writers know.

local HERE = pandoc.path.directory(arg[0])
local numbering = dofile(pandoc.path.join {HERE, "numbering.lua"})
local ids = dofile(pandoc.path.join {HERE, "ids.lua"})
local common = dofile(pandoc.path.join {HERE, "blocks.lua"})
local paragraphs, CALLOUTS = common.paragraphs, common.CALLOUTS
local stringify = pandoc.utils.stringify

local M = {}

-- Figures and tables ------------------------------------------------------------------------

local function caption_of(element)
  return pandoc.utils.blocks_to_inlines(element.caption.long)
end

local function set_caption(element, inlines)
  element.caption = {long = #inlines > 0 and {pandoc.Plain(inlines)} or {}}
  return element
end

--- Take an attribute from the picture of a figure, wherever the author could write it.
local function take_attribute(figure, name)
  local value = figure.attributes[name]
  figure.attributes[name] = nil
  figure.content = figure.content:walk {
    Image = function(image)
      value = value or image.attributes[name]
      image.attributes[name] = nil
      return image
    end,
  }
  return value
end

function M.finish_figure(figure, state, report)
  local caption = caption_of(figure)
  local credit = take_attribute(figure, "credit")
  caption = numbering.captioned(figure.identifier, caption, state, report)
  if credit then
    local words = numbering.read_inlines(credit)
    if #caption > 0 then caption:insert(pandoc.Space()) end
    caption:insert(pandoc.Span(words, pandoc.Attr("", {"credit"})))
  end
  return set_caption(figure, caption)
end

--- `::: {#fig-pool}`: the last paragraph is the caption.
local function figure_of_div(div, state, report)
  local blocks = pandoc.Blocks {}
  -- The last paragraph before `:::` is one like the others.
  for _, block in ipairs(paragraphs(div.content)) do
    -- A picture that stands alone was made a figure of its own.
    if block.t == "Figure" then blocks:extend(block.content) else blocks:insert(block) end
  end
  local last = blocks[#blocks]
  local caption = pandoc.Inlines {}
  if last and last.t == "Para" then
    caption = last.content
    blocks:remove(#blocks)
  end
  local figure = pandoc.Figure(blocks, {long = {pandoc.Plain(caption)}}, div.attr)
  return M.finish_figure(figure, state, report)
end

function M.finish_table(tbl, state, report)
  set_caption(tbl, numbering.captioned(tbl.identifier, caption_of(tbl), state, report))
  -- pandoc takes the widths of a grid table from COLUMNS; make them parts of the whole again.
  local total = 0
  for _, spec in ipairs(tbl.colspecs) do total = total + (spec[2] or 0) end
  if total > 0 then
    tbl.colspecs = tbl.colspecs:map(function(spec)
      return {spec[1], spec[2] and spec[2] / total or nil}
    end)
  end
  return tbl
end

-- Equations ---------------------------------------------------------------------------------

--- `$$ … $$ {#eq-name}`, a paragraph of its own.
function M.finish_equation(paragraph, state, report)
  -- To look at the words of every paragraph one by one would take longer than all the rest.
  if not stringify(paragraph):find("{#eq-", 1, true) then return nil end
  local content = paragraph.content
  local formula, label = content[1], content[#content]
  if not (formula and formula.t == "Math" and label.t == "Str") then return nil end
  local id = label.text:match("^{#(eq%-[^%s{}]+)}$")
  local is_alone = #content == 2 or (#content == 3 and content[2].t:match("^S[po]"))
  if not (id and is_alone) then return nil end
  report.ids:insert {id = id, written = id, explicit = true}
  local number = numbering.number(id, state, report)
  local shown = pandoc.Span({pandoc.Str("(" .. number .. ")")},
    pandoc.Attr("", {"equation-number"}))
  return pandoc.Para {pandoc.Span({formula, shown}, pandoc.Attr(id, {"equation"}))}
end

-- Blocks with a title -----------------------------------------------------------------------

local function title_div(inlines)
  return pandoc.Div({pandoc.Plain(inlines)}, pandoc.Attr("", {"title"}))
end

--- Give every callout a title in the book's language, also those written as `::: warning`.
local function finish_callout(div, class, words)
  local word = CALLOUTS[class]
  local title = pandoc.Inlines(words[word] or word)
  local first = div.content[1]
  if first and first.t == "Div" and first.classes:includes("title") then
    div.content:remove(1)
  end
  local own = div.attributes.title
  if own then
    title = pandoc.Inlines(own)
    div.attributes.title = nil
  end
  div.content:insert(1, pandoc.Div({pandoc.Para(title)}, pandoc.Attr("", {"title"})))
  return div
end

--- `::: {.tabs}`: every heading begins a tab.
local function finish_tabs(div, report)
  local tabs = pandoc.Blocks {}
  for _, block in ipairs(paragraphs(div.content)) do
    if block.t == "Header" then
      local tab = pandoc.Div({title_div(block.content)}, pandoc.Attr(block.identifier, {"tab"}))
      tabs:insert(tab)
    elseif #tabs == 0 then
      report.tabs_without_heading:insert(stringify(block))
    else
      local tab = tabs[#tabs]
      tab.content:insert(block)
      tabs[#tabs] = tab
    end
  end
  div.content = tabs
  div.classes = {"tabs"}
  return div
end

--- `::: {.details summary="…"}`: what a reader opens when they want to.
local function finish_details(div, words)
  local summary = div.attributes.summary or words.Details
  div.content = paragraphs(div.content)
  div.attributes.summary = nil
  div.content:insert(1, title_div(pandoc.Inlines(summary)))
  return div
end

--- A definition of several paragraphs: pandoc would run them together.
function M.finish_definitions(list)
  list.content = list.content:map(function(item)
    item[2] = item[2]:map(function(blocks) return #blocks > 1 and paragraphs(blocks) or blocks end)
    return item
  end)
  return list
end

function M.finish_div(div, state, report)
  if ids.kind(div.identifier) == "fig" then return figure_of_div(div, state, report) end
  for _, class in ipairs(div.classes) do
    if CALLOUTS[class] then
      div.content = paragraphs(div.content)
      return finish_callout(div, class, state.shared.words)
    end
    if class == "tabs" or class == "panel-tabset" then return finish_tabs(div, report) end
    if class == "details" then return finish_details(div, state.shared.words) end
  end
end

return M

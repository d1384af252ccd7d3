namespace TailSplit.Core.Mapping;

/// <summary>
/// The look of the drawing. Plain classes and no variables, so that viewers other than browsers draw it too, with its
/// own background for any page.
/// </summary>
internal static class SvgStyle
{
    public const string Sheet = """
        text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Inter, "Helvetica Neue", Arial, sans-serif; fill: #0f172a; }
        .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; }
        .page { fill: #f8fafc; }
        .host { fill: #ffffff; stroke: #cbd5e1; }
        .card { fill: #ffffff; stroke: #e2e8f0; }
        .pill { fill: #f1f5f9; }
        .faint { fill: #64748b; }
        .alert { fill: #b91c1c; }
        .alarm { fill: #b91c1c; }
        .on-alarm { fill: #ffffff; }
        .wire { fill: none; stroke-width: 2.5; stroke-linecap: round; }
        .dashed { stroke-dasharray: 1 7; }
        .direct.wire, .direct.edge, .direct.sign { stroke: #d97706; } .direct.fill { fill: #d97706; } .direct.soft { fill: #fef3c7; } .direct.word { fill: #92400e; }
        .tunnel.wire, .tunnel.edge, .tunnel.sign { stroke: #0d9488; } .tunnel.fill { fill: #0d9488; } .tunnel.soft { fill: #ccfbf1; } .tunnel.word { fill: #115e59; }
        .blocked.wire, .blocked.edge, .blocked.sign { stroke: #dc2626; } .blocked.fill { fill: #dc2626; } .blocked.soft { fill: #fee2e2; } .blocked.word { fill: #991b1b; }
        .unknown.wire, .unknown.edge, .unknown.sign { stroke: #64748b; } .unknown.fill { fill: #64748b; } .unknown.soft { fill: #e2e8f0; } .unknown.word { fill: #334155; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .page { fill: #0d1117; }
          .host { fill: #11161d; stroke: #30363d; }
          .card { fill: #161b22; stroke: #2b323b; }
          .pill { fill: #262d36; }
          .faint { fill: #9aa5b1; }
          .alert { fill: #ff8f87; }
          .alarm { fill: #f85149; }
          .on-alarm { fill: #0d1117; }
          .direct.wire, .direct.edge, .direct.sign { stroke: #e3a008; } .direct.fill { fill: #e3a008; } .direct.soft { fill: #3a2a08; } .direct.word { fill: #fcd34d; }
          .tunnel.wire, .tunnel.edge, .tunnel.sign { stroke: #2dd4bf; } .tunnel.fill { fill: #2dd4bf; } .tunnel.soft { fill: #0b332f; } .tunnel.word { fill: #5eead4; }
          .blocked.wire, .blocked.edge, .blocked.sign { stroke: #f87171; } .blocked.fill { fill: #f87171; } .blocked.soft { fill: #3f1518; } .blocked.word { fill: #fca5a5; }
          .unknown.wire, .unknown.edge, .unknown.sign { stroke: #9aa5b1; } .unknown.fill { fill: #9aa5b1; } .unknown.soft { fill: #262d36; } .unknown.word { fill: #c9d1d9; }
        }
        """;
}

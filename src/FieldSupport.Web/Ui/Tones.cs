namespace FieldSupport.Web.Ui;

/// <summary>How a state looks: its words, its icon and one of the seven tones (late, risk, watch, ok, done, nosig, idle).</summary>
public sealed record StateLook(string Words, string Icon, string Tone, bool Filled = false, bool Known = true);

/// <summary>The one lookup from a state's name to its look (ui.md §3). A name that nobody listed is shown as itself in the tone of "we do not know", never in green.</summary>
public static class Tones
{
    public static readonly IReadOnlyList<string> All = ["late", "risk", "watch", "ok", "done", "nosig", "idle"];

    /// <summary>The outlooks in the order in which every list ranks them.</summary>
    public static readonly IReadOnlyList<string> Outlooks = ["Late", "NoSignal", "AtRisk", "Watch", "Delivered", "OnTrack", "Received", "OnHold"];

    private static readonly StateLook Unknown = new("Unknown", "nosig", "nosig", Known: false);

    private static readonly Dictionary<string, StateLook> Looks = new(StringComparer.OrdinalIgnoreCase)
    {
        // outlooks of a delivery
        ["Late"] = new("Late", "late", "late"),
        ["AtRisk"] = new("At risk", "risk", "risk"),
        ["NoSignal"] = new("No signal", "nosig", "nosig"),
        ["Watch"] = new("Watch", "watch", "watch"),
        ["OnTrack"] = new("On track", "ok", "ok"),
        ["Delivered"] = new("Delivered, unconfirmed", "delivered", "done"),
        ["Received"] = new("Received", "received", "done", Filled: true),
        ["OnHold"] = new("On hold", "hold", "idle"),
        ["Cancelled"] = new("Cancelled", "cancelled", "idle"),
        // orders
        ["Draft"] = new("Draft", "note", "idle"),
        ["Placed"] = new("Placed", "order", "ok"),
        ["Released"] = new("Released", "order", "ok"),
        ["Shipped"] = new("Shipped", "delivery", "ok"),
        ["PartlyShipped"] = new("Partly shipped", "delivery", "watch"),
        ["Discrepancy"] = new("Discrepancy", "risk", "risk"),
        ["Rejected"] = new("Rejected", "late", "late"),
        ["Returned"] = new("Returned", "undo", "idle"),
        ["Lost"] = new("Lost", "late", "late"),
        // coverage, where the practice allowed it
        ["Clear"] = new("Clear", "ok", "ok"),
        ["InProgress"] = new("In progress", "watch", "watch"),
        ["InHand"] = new("In hand", "watch", "watch"),
        ["Done"] = new("Done", "ok", "ok"),
        // feeds, jobs and chases
        ["Fresh"] = new("Fresh", "ok", "ok"),
        ["Stale"] = new("Stale", "nosig", "nosig"),
        ["Failed"] = new("Failed", "late", "late"),
        ["BeingChased"] = new("Being chased", "chase", "watch"),
        ["PromiseBroken"] = new("Promise broken", "late", "late"),
    };

    /// <summary>The look of a state. Null or empty is "Unknown"; a name not listed is shown as itself, as unknown.</summary>
    public static StateLook Of(string? state) =>
        string.IsNullOrWhiteSpace(state) ? Unknown
        : Looks.TryGetValue(state.Replace(" ", "", StringComparison.Ordinal), out var look) ? look
        : Unknown with { Words = state };

    /// <summary>The tone alone, for <c>data-tone</c> on a row or card.</summary>
    public static string ToneOf(string? state) => Of(state).Tone;

    public static IReadOnlyDictionary<string, StateLook> Listed => Looks;
}

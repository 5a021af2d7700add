namespace FieldSupport.Domain.Shipments;

/// <summary>
/// Which of an order's parcels stand in for which (a replacement is a second shipment: domain.md §9, stories 3 and 4). A parcel whose label was voided
/// stands in for nothing; whatever replaced it then stands in for the one before, however long the chain.
/// </summary>
public sealed class Replacements
{
    private readonly Dictionary<Guid, Shipment> _parcels;
    private readonly ILookup<Guid, Shipment> _replacing;
    private readonly Func<Shipment, bool> _isVoided;

    /// <param name="parcels">All parcels of the orders that are asked about.</param>
    /// <param name="isVoided">Whether a parcel's label was cancelled at the caller's clock; what the last reading of its log said where none is given.</param>
    public Replacements(IReadOnlyCollection<Shipment> parcels, Func<Shipment, bool>? isVoided = null)
    {
        _parcels = parcels.ToDictionary(s => s.Id);
        _replacing = parcels.Where(s => s.ReplacesShipmentId is not null).ToLookup(s => s.ReplacesShipmentId!.Value);
        _isVoided = isVoided ?? (s => s.Milestone == Milestone.Cancelled);
    }

    /// <summary>Every parcel that stands in for this one, also by way of others, nearest first; empty: it stands for itself.</summary>
    public IReadOnlyList<Shipment> InPlaceOf(Shipment parcel) =>
        [.. _replacing[parcel.Id].SelectMany(r => _isVoided(r) ? InPlaceOf(r) : [r, .. InPlaceOf(r)])];

    /// <summary>Every parcel that this one was sent in place of, nearest first, voided ones too.</summary>
    public IReadOnlyList<Shipment> Before(Shipment parcel) =>
        parcel.ReplacesShipmentId is { } id && _parcels.TryGetValue(id, out var before) ? [before, .. Before(before)] : [];

    /// <summary>Its packs are under way: its label stands, or another parcel carries them.</summary>
    public bool AreUnderWay(Shipment parcel) => !_isVoided(parcel) || InPlaceOf(parcel).Count > 0;

    /// <summary>Packs of an order's line that are under way or have come; a replacement carries none of its own.</summary>
    public int PacksUnderWay(Guid orderLineId) =>
        _parcels.Values.Where(s => s.ReplacesShipmentId is null && AreUnderWay(s)).SelectMany(s => s.Lines).Where(l => l.OrderLineId == orderLineId).Sum(l => l.Packs);
}

using FieldSupport.Domain.Orders;

namespace FieldSupport.Domain.Shipments;

/// <summary>
/// Which of an order's parcels stand in for which (a replacement is a second shipment: domain.md §9, stories 3 and 4). A parcel whose label was voided
/// stands in for nothing, unless packs of it were counted at the practice: then it came, whatever the carrier says. What replaced it then stands in for
/// the one before, however long the chain.
/// </summary>
public sealed class Replacements
{
    private readonly Dictionary<Guid, Shipment> _parcels;
    private readonly ILookup<Guid, Shipment> _replacing;
    private readonly Func<Shipment, bool> _isVoided;

    /// <param name="parcels">All parcels of the orders that are asked about; with their receipts where no <paramref name="isVoided"/> is given.</param>
    /// <param name="isVoided">Whether a parcel stands for nothing at the caller's clock; what its last reading and its receipts say where none is given.</param>
    public Replacements(IReadOnlyCollection<Shipment> parcels, Func<Shipment, bool>? isVoided = null)
    {
        _parcels = parcels.ToDictionary(s => s.Id);
        _replacing = parcels.Where(s => s.ReplacesShipmentId is not null).ToLookup(s => s.ReplacesShipmentId!.Value);
        _isVoided = isVoided ?? (s => s.Milestone == Milestone.Cancelled && !HasCome(s.Receipts));
    }

    /// <summary>Somebody has had packs of it in hand, good or not.</summary>
    public static bool HasCome(IEnumerable<ReceiptConfirmation> receipts) =>
        receipts.Any(r => r.Packs > 0 && r.Condition is not (ReceiptCondition.Short or ReceiptCondition.WrongAddress));

    /// <summary>Its label was cancelled and nothing of it came.</summary>
    public bool IsVoided(Shipment parcel) => _isVoided(parcel);

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

using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

[Translated]
public sealed class ReceiptPhotosController(ISender sender, Attachments attachments) : Controller
{
    [HttpGet("/portal/shipments/{number}/photos/{ordinal:int}"), Sends(typeof(ReceiptPhotos.Query))]
    public async Task<IActionResult> Show(string number, int ordinal)
    {
        var photo = (await sender.Send(new ReceiptPhotos.Query(number, ordinal))).OrAbsent();
        Response.Headers.CacheControl = "private, max-age=3600";
        Response.Headers.XContentTypeOptions = "nosniff";
        return File(attachments.Open(photo.Sha256).OrAbsent(), photo.ContentType);
    }
}

/// <summary>Pictures taken at a receipt. A label on one may name a patient: practice, logistics and safety see them, sales does not.</summary>
public static class ReceiptPhotos
{
    public const int Most = 3;

    [Requires(Permission.SeeReceiptPhotos)]
    public sealed record Query(string Number, int Ordinal) : IQuery<ReceiptPhoto?>;

    internal sealed class Handler(FieldSupportDb db) : IQueryHandler<Query, ReceiptPhoto?>
    {
        public async Task<ReceiptPhoto?> Handle(Query query, CancellationToken cancellationToken) => await db.ReceiptPhotos.AsNoTracking()
            .SingleOrDefaultAsync(p => p.ShipmentNumber == query.Number && p.Ordinal == query.Ordinal && db.Shipments.Any(s => s.Id == p.ShipmentId), cancellationToken);
    }
}

/// <summary>A picture that lies there already, while its receipt is not confirmed yet.</summary>
/// <param name="Token">Its name in the form: sealed, for this parcel and this person alone.</param>
public sealed record KeptPhoto(string Token, string Sha256, int Bytes)
{
    public string Size => Bytes < 1024 * 1024 ? $"{Math.Max(1, Bytes / 1024)} kB" : $"{Bytes / 1024 / 1024} MB";
}

/// <summary>Keeps the pictures of a receipt form that has to be shown again: a browser sends a file once.</summary>
public sealed class PhotoShelf(Attachments attachments, IDataProtectionProvider protection, CurrentScope current)
{
    private readonly ITimeLimitedDataProtector _seal = protection.CreateProtector("FieldSupport.ReceiptPhoto").ToTimeLimitedDataProtector();

    /// <summary>Those of the form that are still wanted, and the new ones; what is no photo is named beside its field.</summary>
    public async Task<List<KeptPhoto>> Take(string number, IEnumerable<string> tokens, IEnumerable<IFormFile> sent, ModelStateDictionary problems, CancellationToken stop)
    {
        var kept = tokens.Select(t => Opened(number, t)).OfType<KeptPhoto>().DistinctBy(p => p.Sha256).Take(ReceiptPhotos.Most).ToList();
        foreach (var file in sent.Where(f => f.Length > 0))
        {
            // A file without a usable name is spoken of without one.
            string Named(string words) => file.FileName.Length is > 0 and <= 80 ? $"“{file.FileName}”: {words}" : words;
            if (kept.Count == ReceiptPhotos.Most) problems.AddModelError("Photos", Named(Say.It("at most {0} photos.", ReceiptPhotos.Most)));
            else if (file.Length > PhotoReader.MostBytes) problems.AddModelError("Photos", Named(Say.It("larger than 10 MB. Take it again with the camera's usual setting.")));
            else
            {
                using var bytes = new MemoryStream();
                await file.CopyToAsync(bytes, stop);
                var read = PhotoReader.Read(bytes.ToArray());
                if (read.Refusal is { } refusal)
                {
                    problems.AddModelError("Photos", Named(refusal.Sentence));
                    continue;
                }
                var hash = await attachments.Write(read.Value, stop);
                if (kept.TrueForAll(p => p.Sha256 != hash)) kept.Add(new KeptPhoto(Sealed(number, hash, read.Value.Length), hash, read.Value.Length));
            }
        }
        return kept;
    }

    private string Sealed(string number, string hash, int bytes) => _seal.Protect($"{number}|{current.Actor.Name}|{hash}|{bytes}", TimeSpan.FromHours(12));

    private KeptPhoto? Opened(string number, string token)
    {
        try
        {
            return _seal.Unprotect(token).Split('|') is [var of, var by, var hash, var bytes] && of == number && by == current.Actor.Name
                ? new KeptPhoto(token, hash, int.Parse(bytes, System.Globalization.CultureInfo.InvariantCulture)) : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Not ours, or too old: the picture is asked for again.
            return null;
        }
    }
}
